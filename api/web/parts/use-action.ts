import { type UseMutationOptions, type UseMutationResult, useMutation } from "@tanstack/react-query";
import { useCallback, useRef } from "react";

/**
 * A call that changes something. While it is under way it is not made again: of a double click the second one comes before the
 * button has been drawn anew.
 */
export function useAction<Data, Variables = void>(
  options: UseMutationOptions<Data, Error, Variables>,
): UseMutationResult<Data, Error, Variables> {
  const mutation = useMutation(options);
  const { mutate: begin } = mutation;
  const isUnderWay = useRef(false);
  const mutate = useCallback<typeof begin>(
    (...[variables, callbacks]) => {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      const free: typeof callbacks = {
        ...callbacks,
        onSettled: (...ended) => {
          isUnderWay.current = false;
          return callbacks?.onSettled?.(...ended);
        },
      };
      begin(...([variables, free] as Parameters<typeof begin>));
    },
    [begin],
  );
  return { ...mutation, mutate };
}

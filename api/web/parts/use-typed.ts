import { useEffect, useRef, useState } from "react";

/** What is typed into a field that the page's address has, too: where that is changed by something else, as a link, the field follows. */
export function useTyped(inAddress: string) {
  const [typed, setTyped] = useState(inAddress);
  const reported = useRef(inAddress);
  useEffect(() => {
    if (inAddress === reported.current) return;
    reported.current = inAddress;
    setTyped(inAddress);
  }, [inAddress]);
  /** Remembers what the address is asked to have. */
  const report = (text: string) => {
    reported.current = text;
    return text;
  };
  return { typed, setTyped, report };
}

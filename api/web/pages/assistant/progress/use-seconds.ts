import { useEffect, useState } from "react";
import { berthNow } from "../../../api/clock.ts";

/** Berth's time, in milliseconds, each second. For what is being waited for; other times are parts/use-now.ts. */
export function useSeconds(): number {
  const [now, setNow] = useState(berthNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(berthNow()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

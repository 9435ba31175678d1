import { useEffect, useState } from "react";

/** The time, in milliseconds, each second. For what is being waited for; other times are parts/use-now.ts. */
export function useSeconds(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

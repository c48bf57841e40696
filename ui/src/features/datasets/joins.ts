import type { JoinReport } from "@/api/types";

/** Whether rows come out more often than they went in, on either side. */
export function multiplies({
  leftIsUnique,
  rightIsUnique,
  leftRows,
  rightRows,
  rows,
  how,
}: JoinReport): boolean {
  if (how === "semi" || how === "anti") return false;
  return rows > Math.max(leftRows, rightRows) || (!leftIsUnique && !rightIsUnique && rows > 0);
}

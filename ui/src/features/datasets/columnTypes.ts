import {
  CalendarClock,
  CalendarDays,
  Clock,
  Hash,
  Hourglass,
  type LucideIcon,
  Sigma,
  Tags,
  ToggleLeft,
  Type,
} from "lucide-react";
import type { ColumnType } from "@/api/types";

/** How each type is drawn and called. */
export const COLUMN_TYPES: Record<ColumnType, { icon: LucideIcon; name: string }> = {
  boolean: { icon: ToggleLeft, name: "true or false" },
  integer: { icon: Hash, name: "whole number" },
  float: { icon: Sigma, name: "number" },
  decimal: { icon: Sigma, name: "exact decimal" },
  date: { icon: CalendarDays, name: "date" },
  datetime: { icon: CalendarClock, name: "date and time" },
  time: { icon: Clock, name: "time of day" },
  duration: { icon: Hourglass, name: "duration" },
  text: { icon: Type, name: "text" },
  categorical: { icon: Tags, name: "category" },
};

export const isNumeric = (type: ColumnType) => type === "integer" || type === "float" || type === "decimal";
export const isTemporal = (type: ColumnType) => type === "date" || type === "datetime";

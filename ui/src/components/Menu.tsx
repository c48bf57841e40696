import { Menu as Base } from "@base-ui/react/menu";
import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { classes } from "./classes";

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  danger?: boolean;
  onSelect: () => void;
}

export function Menu({
  trigger,
  items,
}: {
  trigger: ReactElement<Record<string, unknown>>;
  items: MenuItem[];
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-40">
          <Base.Popup className="pop-in min-w-40 rounded-lg border border-line bg-surface p-1 shadow-pop outline-none">
            {items.map(({ label, icon: Icon, danger, onSelect }) => (
              <Base.Item
                key={label}
                onClick={onSelect}
                className={classes(
                  "flex items-center gap-2 rounded-md px-2 py-1.5 text-[0.8125rem] outline-none data-highlighted:bg-sunken",
                  danger && "text-bad",
                )}
              >
                {Icon && <Icon className="size-3.5" aria-hidden />}
                {label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

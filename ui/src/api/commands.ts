/** The command table of the core, as types. The table itself is generated; here are the ways to speak of it. */
import type { Commands } from "./generated/commands";

export { type Commands, TOUCHES } from "./generated/commands";

export type CommandName = keyof Commands;

export type Request<K extends CommandName> = Commands[K]["req"];
export type Response<K extends CommandName> = Commands[K]["res"];

type ResourceOf<K> = K extends `${infer R}::${string}` ? R : never;
export type ResourceName = ResourceOf<CommandName>;

/** The window. */
export { createWindow, mount } from "./mount";

import "./app/app.css";
import { tauriHost } from "./api/host.tauri";
import { mount } from "./app";

mount(document.getElementById("root"), tauriHost);

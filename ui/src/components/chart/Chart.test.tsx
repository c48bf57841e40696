import { render, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { drawn } from "../../../tests/plotlyRecorder";
import { Chart } from "./Chart";
import { safeFigure } from "./figure";
import { dressed, figureTitle } from "./look";
import { chartImage } from "./plotly";

const figure = safeFigure({
  data: [{ type: "scatter", line: { color: "#636EFA" }, marker: { color: "tomato" } }],
  layout: { title: { text: "Revenue" }, width: 400, paper_bgcolor: "white" },
});

it("is drawn without any way to upload or fetch", async () => {
  render(<Chart figure={figure} theme="dark" label="Revenue" />);
  await waitFor(() => expect(screen.getByTestId("chart")).toHaveAttribute("data-state", "drawn"));
  expect(drawn.at(-1)?.config).toMatchObject({
    showSendToCloud: false,
    plotlyServerURL: "",
    displaylogo: false,
  });
  expect(screen.getByRole("figure", { name: "Revenue" })).toBe(screen.getByTestId("chart"));
});

it("wears our colours where nobody chose one", () => {
  const { data, layout } = dressed(figure, "light");
  expect(data[0]).toMatchObject({ line: { color: "#0b6b66" }, marker: { color: "tomato" } });
  expect(layout).toMatchObject({ paper_bgcolor: "rgba(0,0,0,0)", autosize: true });
  expect(layout).not.toHaveProperty("width");
});

it("says its title once", () => {
  expect(figureTitle(figure)).toBe("Revenue");
  expect(dressed(figure, "light", { untitled: true }).layout).not.toHaveProperty("title");
});

it("becomes a picture on white, whatever the window wears", async () => {
  const picture = await chartImage(dressed(figure, "light", { opaque: true }), 1000, 560);
  expect(picture.type).toBe("image/png");
  expect(await picture.text()).toBe("a picture");
  expect(drawn.at(-1)?.layout.paper_bgcolor).toBe("#ffffff");
});

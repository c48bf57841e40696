import { describe, expect, it } from "vitest";
import { safeFigure } from "./figure";

const layoutOf = (layout: unknown) => safeFigure({ data: [], layout }).layout;
const traceOf = (trace: unknown) => safeFigure({ data: [trace] }).data[0];

describe("names that Plotly dropped", () => {
  it.each([
    ["scattermapbox", "scattermap"],
    ["choroplethmapbox", "choroplethmap"],
    ["densitymapbox", "densitymap"],
  ])("%s becomes %s", (before, now) => {
    expect(traceOf({ type: before, subplot: "mapbox2" })).toEqual({ type: now, subplot: "map2" });
  });

  it("maps in the layout follow, without remote styles, tiles or tokens", () => {
    expect(
      layoutOf({
        mapbox2: {
          style: "https://tiles.example/style.json",
          accesstoken: "pk.secret",
          center: { lat: 1, lon: 2 },
          layers: [{ source: ["https://tiles.example/{z}"] }],
        },
      }),
    ).toEqual({ map2: { style: "white-bg", center: { lat: 1, lon: 2 }, layers: [] } });
  });
});

describe("what reaches out of the window is taken away", () => {
  it.each([
    ["pictures in the layout", { images: [{ source: "https://evil.example/p.png" }] }, {}],
    [
      "pictures in a template",
      { template: { layout: { images: [{ source: "x" }] } } },
      { template: { layout: {} } },
    ],
    [
      "pictures put in by a button",
      {
        updatemenus: [
          { buttons: [{ method: "relayout", args: [{ "images[0].source": "https://evil.example" }] }] },
        ],
      },
      { updatemenus: [{ buttons: [{ method: "relayout", args: [{}] }] }] },
    ],
    [
      "links in texts",
      { title: { text: 'a <a href="https://evil.example">b</a> c <b>d</b>' } },
      { title: { text: "a b c <b>d</b>" } },
    ],
    [
      "keys that change objects",
      JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "height": 3}'),
      { height: 3 },
    ],
  ])("%s", (_name, layout, expected) => {
    expect(layoutOf(layout)).toEqual(expected);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("picture traces keep only pictures that are in them", () => {
    expect(traceOf({ type: "image", source: "https://evil.example/p.png" })).toEqual({ type: "image" });
    expect(traceOf({ type: "image", source: "data:image/svg+xml;base64,AA" })).toEqual({ type: "image" });
    const inline = { type: "image", source: "data:image/png;base64,AA" };
    expect(traceOf(inline)).toEqual(inline);
  });

  it("what the figure says of the configuration", () => {
    expect(safeFigure({ data: [], layout: {}, config: { plotlyServerURL: "https://evil.example" } })).toEqual(
      {
        data: [],
        layout: {},
      },
    );
  });
});

it("is a copy, and lets data through as it is", () => {
  const raw = {
    data: [{ type: "bar", x: ["a", null], y: [1, 2.5] }],
    layout: { xaxis: { title: { text: "x" } } },
  };
  const safe = safeFigure(raw);
  expect(safe).toEqual(raw);
  expect(safe.data[0]?.x).not.toBe(raw.data[0]?.x);
});

it.each([null, 7, "figure", [], { data: "no", layout: 3 }])("%j is an empty figure", (nonsense) => {
  expect(safeFigure(nonsense)).toEqual({ data: [], layout: {} });
});

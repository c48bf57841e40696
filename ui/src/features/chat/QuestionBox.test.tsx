import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { AgentInfo } from "@/api/types";
import { mentionedAgents } from "./mentions";
import { QuestionBox } from "./QuestionBox";

const agent = (name: string, displayName: string, more: Partial<AgentInfo> = {}): AgentInfo => ({
  name,
  displayName,
  description: "",
  category: "",
  variantType: "both",
  isPremium: false,
  enabled: true,
  iconUrl: "",
  usageCount: 0,
  ...more,
});

const AGENTS = [
  agent("preprocessing_agent", "Preprocessing"),
  agent("data_viz_agent", "Data visualisation"),
  agent("planner_data_agent", "Planner", { variantType: "planner" }),
  agent("forecast_agent", "Forecast", { enabled: false }),
];

function setUp(props: Partial<Parameters<typeof QuestionBox>[0]> = {}) {
  const onAsk = vi.fn();
  const onStop = vi.fn();
  render(
    <QuestionBox
      agents={AGENTS}
      lastQuestion="What was before?"
      running={false}
      stopping={false}
      blocked={null}
      onAsk={onAsk}
      onStop={onStop}
      chips={null}
      {...props}
    />,
  );
  return { onAsk, onStop, input: screen.getByTestId("question-input"), user: userEvent.setup() };
}

it("asks on Enter and is empty again", async () => {
  const { user, input, onAsk } = setUp();
  await user.type(input, "  How many?  {Enter}");
  expect(onAsk).toHaveBeenCalledExactlyOnceWith("How many?", []);
  expect(input).toHaveValue("");
});

it("breaks the line on Shift+Enter", async () => {
  const { user, input, onAsk } = setUp();
  await user.type(input, "one{Shift>}{Enter}{/Shift}two");
  expect(input).toHaveValue("one\ntwo");
  expect(onAsk).not.toHaveBeenCalled();
});

it("does not ask nothing", async () => {
  const { user, input, onAsk } = setUp();
  await user.type(input, "   {Enter}");
  expect(onAsk).not.toHaveBeenCalled();
  expect(screen.getByTestId("send")).toBeDisabled();
});

it("brings back the last question on Up, only when empty", async () => {
  const { user, input } = setUp();
  await user.type(input, "{ArrowUp}");
  expect(input).toHaveValue("What was before?");
  await user.clear(input);
  await user.type(input, "new{ArrowUp}");
  expect(input).toHaveValue("new");
});

it("completes an agent after @ by keys alone, leaving out those a person cannot name", async () => {
  const { user, input, onAsk } = setUp();
  await user.type(input, "@data");
  expect(screen.getAllByRole("option")).toHaveLength(1);
  await user.keyboard("{Enter}");
  expect(input).toHaveValue("@data_viz_agent ");
  expect(onAsk).not.toHaveBeenCalled();
  await user.type(input, "draw revenue{Enter}");
  expect(onAsk).toHaveBeenCalledExactlyOnceWith("@data_viz_agent draw revenue", ["data_viz_agent"]);
});

it("moves through the agents with the arrows and closes the list with Escape", async () => {
  const { user, input } = setUp();
  await user.type(input, "@");
  expect(screen.getAllByRole("option")).toHaveLength(2);
  await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("option", { selected: true })).toHaveTextContent("Data visualisation");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("listbox")).toBeNull();
});

it("offers Stop instead of Ask while a run is at work", async () => {
  const { user, input, onAsk, onStop } = setUp({ running: true });
  await user.type(input, "next?{Enter}");
  expect(onAsk).not.toHaveBeenCalled();
  expect(input).toHaveValue("next?");
  await user.click(screen.getByTestId("stop"));
  expect(onStop).toHaveBeenCalledOnce();
});

it("says why nothing can be asked", async () => {
  const { user, input, onAsk } = setUp({ blocked: "Open a data file first" });
  expect(input).toHaveAttribute("placeholder", "Open a data file first");
  await user.type(input, "How many?{Enter}");
  expect(onAsk).not.toHaveBeenCalled();
});

it.each([
  [
    "@data_viz_agent and @preprocessing_agent, then @data_viz_agent",
    ["data_viz_agent", "preprocessing_agent"],
  ],
  ["mail me@data_viz_agent", []],
  ["@nobody", []],
])("%s names %j", (question, named) => {
  expect(mentionedAgents(question, AGENTS)).toEqual(named);
});

import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Claim, ClaimStatus } from "@/api/types";
import { AnswerText } from "./AnswerText";

const claim = (text: string, status: ClaimStatus = "verified"): Claim => ({
  text,
  value: 0,
  status,
  artifactId: null,
  source: `found ${text}`,
});

function marks(text: string, claims: Claim[]): [string | null, string | null][] {
  render(<AnswerText text={text} claims={claims} />);
  return screen.queryAllByTestId("claim").map((mark) => [mark.textContent, mark.getAttribute("data-status")]);
}

describe("numbers of an answer", () => {
  it("are marked with what was found", () => {
    expect(
      marks("**West** leads with **412,380**, 29.2 % of all; a market grows 8 %.", [
        claim("412,380"),
        claim("29.2 %", "derived"),
        claim("8 %", "unverified"),
      ]),
    ).toEqual([
      ["412,380", "verified"],
      ["29.2 %", "derived"],
      ["8 %", "unverified"],
    ]);
  });

  it("are not found inside longer numbers, words or code", () => {
    expect(
      marks("In 2,012 we sold 12.5 of A12 and 120, `12` in code, but 12 in all.", [claim("12")]),
    ).toEqual([["12", "verified"]]);
  });

  it("said twice keep their own findings, in order", () => {
    expect(marks("First 5, then 5.", [claim("5", "verified"), claim("5", "unverified")])).toEqual([
      ["5", "verified"],
      ["5", "unverified"],
    ]);
  });

  it("claimed once but said twice are marked twice", () => {
    expect(marks("5 here and 5 there", [claim("5")])).toHaveLength(2);
  });

  it("are found across kinds of spaces", () => {
    expect(marks("a share of 29.2\u00a0%", [claim("29.2 %")])).toEqual([["29.2\u00a0%", "verified"]]);
  });

  it("are found in tables and lists, the longest first", () => {
    const table = "| region | revenue |\n|---|---|\n| West | 1,204.50 |\n\n- and 1,204";
    expect(marks(table, [claim("1,204"), claim("1,204.50")])).toEqual([
      ["1,204.50", "verified"],
      ["1,204", "verified"],
    ]);
  });

  it("say where they come from to those who do not see", () => {
    render(<AnswerText text="It is 7." claims={[claim("7")]} />);
    expect(screen.getByTestId("claim")).toHaveAttribute(
      "aria-description",
      "✓ Checked against what the code computed: found 7",
    );
  });
});

it("text cannot pose as a checked number", () => {
  render(
    <AnswerText text={'<span data-claim="0" class="claim claim-verified">99</span> is 99'} claims={[]} />,
  );
  expect(screen.queryByTestId("claim")).toBeNull();
  expect(document.querySelector("[data-claim], .claim")).toBeNull();
});

import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { Markdown } from "./Markdown";
import { fullAddress } from "./SafeLink";

const html = (text: string) => render(<Markdown text={text} />).container;

/** Ways to reach out, or to run, from inside a text. */
const ATTACKS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "![pixel](https://evil.example/p.png)",
  "![ref][r]\n\n[r]: https://evil.example/p.png",
  "<svg onload=alert(1)><image href='https://evil.example/x'/></svg>",
  "<svg><style>@import 'https://evil.example/x.css'</style></svg>",
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data='https://evil.example'></object><embed src='https://evil.example'>",
  "<link rel=preconnect href='https://evil.example'>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<base href='https://evil.example/'>",
  "<form action='https://evil.example'><input name=a><button>go</button></form>",
  "<video poster='https://evil.example/p.png'><source src='https://evil.example/v'></video>",
  "<picture><source srcset='https://evil.example/a'><img src=x></picture>",
  "<div style=\"background:url('https://evil.example/b')\">x</div>",
  "<a href='javascript:alert(1)'>x</a>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java&#x0A;script:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](vbscript:msgbox(1))",
  "[x](file:///etc/passwd)",
  "[x](smb://host/share)",
  "[x](\\\\host\\share)",
  "[x](ms-msdt:/id)",
  "<javascript:alert(1)>",
  "[x]: javascript:alert(1)\n\n[x]",
  "note[^1]\n\n[^1]: ![p](https://evil.example/p.png)",
  "<details open ontoggle=alert(1)><summary>x</summary></details>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
  "<a id=location name=cookie>clobber</a>",
  '- [ ] <input autofocus onfocus="alert(1)">',
];

const ALLOWED_TAGS = new Set(
  "div p br hr strong em del sup sub code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td button span".split(
    " ",
  ),
);

describe("untrusted text", () => {
  it.each(ATTACKS)("%s leaves nothing that loads, runs or leads away", (attack) => {
    const page = html(attack);
    for (const element of page.querySelectorAll("*")) {
      expect(ALLOWED_TAGS).toContain(element.tagName.toLowerCase());
      for (const { name, value } of element.attributes) {
        // The button that shows an address has an id of its own, which no text chose.
        if (name === "id" && element.tagName === "BUTTON" && value.startsWith("base-ui")) continue;
        expect(name).not.toMatch(/^on|^(src|srcset|href|poster|action|style|id|name|data|background)$/);
        expect(value).not.toMatch(/javascript:|evil\.example/i);
      }
    }
  });

  it("keeps what Markdown is for", () => {
    const page = html(
      "# Title\n\n**bold** ~~gone~~ `code`\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n1. one\n2. two",
    );
    for (const tag of ["h1", "strong", "del", "code", "table", "td", "ol"]) {
      expect(page.querySelector(tag), tag).not.toBeNull();
    }
  });

  it("shows characters that hide or turn text", () => {
    expect(html("safe\u202etxt.exe and a\u200bb \u{e0041}").textContent).toBe(
      "safe⟨U+202E⟩txt.exe and a⟨U+200B⟩b ⟨U+E0041⟩",
    );
  });

  it("keeps joined emoji whole", () => {
    expect(html("👩\u200d🔬 works").textContent).toBe("👩\u200d🔬 works");
  });
});

describe("links", () => {
  it("do not open; they show where they lead", async () => {
    render(<Markdown text="[the report](https://xn--bcher-kva.example/a?b=c)" />);
    expect(document.querySelector("a")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "the report" }));
    expect(await screen.findByText("https://xn--bcher-kva.example/a?b=c")).toBeVisible();
  });

  it("with a long query are warned of", async () => {
    render(<Markdown text={`[here](https://a.example/?q=${"x".repeat(80)})`} />);
    await userEvent.click(screen.getByRole("button", { name: "here" }));
    expect(await screen.findByText(/may carry data of yours to a\.example/)).toBeVisible();
  });

  it("show names in other scripts as they are really called", () => {
    expect(fullAddress("https://аррӏе.com/")?.href).toBe("https://xn--80ak6aa92e.com/");
  });
});

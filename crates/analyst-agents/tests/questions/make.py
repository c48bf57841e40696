"""Writes tables/*.csv and questions.json: `python make.py`, with pandas, scipy, statsmodels and scikit-learn.

Every third question, by the hash of its id, is held out: it is scored in totals only and never tuned on.
"""
import hashlib
import io
import json
import pathlib
import warnings

import pandas as pd

import questions_a
import questions_b
import tables

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent


def held_out(key):
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 3 == 0


def main():
    (HERE / "tables").mkdir(exist_ok=True)
    items = []
    for make in tables.TABLES:
        name = make.__name__
        text = make().to_csv(index=False)
        (HERE / "tables" / f"{name}.csv").write_text(text)
        d = pd.read_csv(io.StringIO(text), keep_default_na=True, na_values=[""])
        for n, (question, constraints, form, answer) in enumerate(getattr(questions_a, name, None) or getattr(questions_b, name), 1):
            key = f"{name}-{n:02d}"
            items.append({"id": key, "table": name, "held_out": held_out(key), "question": question, "constraints": constraints, "format": form, "answer": {k: str(v) for k, v in answer(d.copy()).items()}})
    (HERE / "questions.json").write_text("[\n" + ",\n".join(json.dumps(x, ensure_ascii=False) for x in items) + "\n]\n")
    print(len(items), "questions,", sum(x["held_out"] for x in items), "held out")


if __name__ == "__main__":
    main()

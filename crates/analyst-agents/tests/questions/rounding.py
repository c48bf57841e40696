"""How expected answers are written."""


def f(value, decimals):
    text = f"{float(value):.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text


def i(value):
    return str(int(value))


def pct(value, decimals):
    return f(value * 100, decimals)


def yes(value):
    return "yes" if value else "no"

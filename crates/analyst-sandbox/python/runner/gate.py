"""Which imports a cell may name. A friendly answer before the run, not the wall: the wall is the process around us."""
import ast
import builtins
import difflib
import importlib.util
import json


class Refused(Exception):
    def __init__(self, message, line):
        super().__init__(message)
        self.line = line


class Gate:
    def __init__(self, rules):
        rules = json.loads(rules) if isinstance(rules, str) else rules
        self.allowed = set(rules["allowed"])
        self.instead = rules["instead"]
        self.refused_names = rules["refused_names"]

    def check(self, tree):
        """Raises Refused with every import that is not allowed."""
        found = []
        aliases = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found.append((alias.name, node.lineno))
                    aliases[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                found.append((module, node.lineno))
                found += [(f"{module}.{alias.name}", node.lineno) for alias in node.names]
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = aliases.get(node.value.id)
                if module:
                    found.append((f"{module}.{node.attr}", node.lineno))
        problems = {}
        for name, line in sorted(found, key=lambda item: item[1]):
            problem = self.problem(name)
            if problem:
                problems.setdefault(problem, line)
        if problems:
            raise Refused("; ".join(problems), min(problems.values()))

    def problem(self, name):
        """Why this dotted name is refused, or None."""
        if name in self.refused_names:
            return f"`{name}` is not available here: {self.refused_names[name]}"
        root = name.split(".")[0]
        if not root or root in self.allowed:
            return None
        if root in self.instead:
            return f"`{root}` is not available here: {self.instead[root]}"
        near = difflib.get_close_matches(root, self.allowed, n=1, cutoff=0.5)
        hint = f"the nearest that is: {near[0]}" if near else "use pandas, numpy, scipy, sklearn, statsmodels or plotly"
        return f"`{root}` is not available here; {hint}"

    def builtins(self):
        """The builtins of a cell: imports at run time go by the same list."""
        own = dict(vars(builtins))
        real_import = builtins.__import__

        def guarded(name, globals=None, locals=None, fromlist=(), level=0):
            problem = self.problem(name)
            if problem and level == 0:
                raise ImportError(problem)
            return real_import(name, globals, locals, fromlist, level)

        own["__import__"] = guarded
        return own

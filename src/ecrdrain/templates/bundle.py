"""One readable module out of the modules that the Lambda function is made of.

The modules are parsed, ordered by their imports and written into one namespace. What that
namespace cannot hold faithfully (two definitions of one name, an alias, a hidden import) is an
error, so the result behaves as the package does. What does nothing when it runs (docstrings,
comments, annotations, definitions out of the function's reach) is left out, because a template may
have 51,200 bytes; nothing is renamed or squeezed, because people will read it in their templates.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator

from ecrdrain.templates.errors import TemplateError
from ecrdrain.templates.layout import lay_out
from ecrdrain.templates.modules import Module, Package, bound_names, read_module, used_names


def bundle(package: Package, entry: str, function: str) -> str:
    """Write the module ``entry`` and all it imports from the package as one module.

    Args:
        package: Where the source is.
        entry: The absolute name of the module that holds the function.
        function: What must be in the result; whatever it does not need is left out.

    Raises:
        TemplateError: The modules cannot share one namespace; the message names the place.
    """
    modules = _in_import_order(package, entry)
    if function not in modules[-1].defined:
        raise TemplateError(f"{entry} does not define {function}")
    _refuse_clashes(modules)
    body = _reachable([statement for module in modules for statement in module.body], function)
    used = used_names(body)
    foreign = [
        statement
        for module in modules
        for name, statements in module.imports.items()
        for statement in statements
        if name in used
    ]
    return "\n".join([*_imports(foreign), _write(body)])


def _in_import_order(package: Package, entry: str) -> list[Module]:
    """List the entry and what it imports, each module after all it imports from."""
    done: dict[str, Module] = {}

    def visit(name: str, path: tuple[str, ...]) -> Module:
        if name in path:
            raise TemplateError(f"import cycle: {' -> '.join([*path, name])}")
        if name in done:
            return done[name]
        module = read_module(package, name)
        for imported in module.own:
            offered = visit(imported.module, (*path, name)).offered
            for wanted in imported.names:
                if wanted not in offered:
                    raise TemplateError(
                        f"{name}, line {imported.line}: {imported.module} does not define "
                        f"{wanted}; import names from the module that defines them"
                    )
        done[name] = module
        return module

    visit(entry, ())
    return list(done.values())


def _refuse_clashes(modules: list[Module]) -> None:
    """See that every name means one thing in all modules."""
    meaning: dict[str, tuple[str, str]] = {}
    for module in modules:
        meanings = {name: _imported(statements[-1]) for name, statements in module.imports.items()}
        meanings |= dict.fromkeys(module.defined, f"definition in {module.name}")
        for name, means in meanings.items():
            if name in vars(builtins):
                raise TemplateError(f"{module.name} redefines the builtin {name}; rename it")
            known, where = meaning.setdefault(name, (means, module.name))
            if known != means:
                raise TemplateError(
                    f"{name} means two things: {where} and {module.name} both bind it; rename one"
                )


def _imported(statement: ast.Import | ast.ImportFrom) -> str:
    """Say what an import of one name binds it to: ``import a.b`` binds a package."""
    (alias,) = statement.names
    if isinstance(statement, ast.Import) and alias.asname is None:
        return f"import {alias.name.partition('.')[0]}"
    return ast.unparse(statement)


def _reachable(statements: list[ast.stmt], function: str) -> list[ast.stmt]:
    """Keep the function, all that it uses, and every statement that does more than bind names."""
    ours = {name for statement in statements for name in bound_names(statement)}
    wanted = {function}
    kept: set[int] = set()
    while True:
        new = [
            index
            for index, statement in enumerate(statements)
            if index not in kept
            and (_acts(statement, ours) or not wanted.isdisjoint(bound_names(statement)))
        ]
        if not new:
            return _without_idle_methods([statements[index] for index in sorted(kept)])
        kept.update(new)
        wanted |= used_names(statements[index] for index in new)


def _without_idle_methods(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Leave out the methods of plain classes that nothing mentions, as an attribute or in text."""
    classes = [
        statement
        for statement in statements
        if isinstance(statement, ast.ClassDef)
        and all(ast.unparse(base) == "NamedTuple" for base in statement.bases)
    ]
    while True:
        mentioned = set(_mentioned(statements))
        idle = [
            (owner, member)
            for owner in classes
            for member in owner.body
            if isinstance(member, ast.FunctionDef)
            and not member.name.startswith("__")
            and member.name not in mentioned
        ]
        if not idle:
            return statements
        for owner, member in idle:
            owner.body.remove(member)


def _mentioned(statements: list[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _acts(statement: ast.stmt, ours: set[str]) -> bool:
    """Tell whether a statement matters without being named: a call, or a decorator of ours."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return not ours.isdisjoint(used_names(statement.decorator_list))
    return next(bound_names(statement), None) is None


def _imports(statements: Iterable[ast.Import | ast.ImportFrom]) -> list[str]:
    """Merge the imports: ``import`` lines first, then one ``from`` line a module, all sorted."""
    plain: set[str] = set()
    members: dict[str, set[str]] = {}
    for statement in statements:
        names = {ast.unparse(alias) for alias in statement.names}
        if isinstance(statement, ast.Import):
            plain |= names
        else:
            members.setdefault(statement.module or "", set()).update(names)
    lines = [f"import {name}" for name in sorted(plain)]
    lines += [f"from {name} import {', '.join(sorted(members[name]))}" for name in sorted(members)]
    # Annotations may name what was imported for type checkers only: they stay text.
    return ["from __future__ import annotations", *(["", *lines] if lines else [])]


def _write(body: list[ast.stmt]) -> str:
    """Write the statements with PEP 8's blank lines between definitions."""
    block = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    lines: list[str] = []
    after_block = True
    for statement in body:
        is_block = isinstance(statement, block)
        lines += ["", ""] if is_block or after_block else []
        lines.append(lay_out(ast.unparse(ast.fix_missing_locations(statement))))
        after_block = is_block
    return "\n".join(lines) + "\n"

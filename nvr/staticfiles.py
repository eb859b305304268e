from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

# import("./x.js") as an expression. Django takes the types in comments, {import("./x.js").X}, for imports too; those may form
# cycles, and file names that depend on each other have no end.
_DYNAMIC_IMPORT = r"""(?P<matched>(?:(?<== )|(?<==> )|(?<=await )|(?<=return ))import\(["'](?P<url>[./].*?)["']\))"""


class ModuleStorage(ManifestStaticFilesStorage):
    """Hashed file names, also inside `import … from "./x.js";`: only with a final semicolon, which is why every import has one."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns: ClassVar[tuple[Any, ...]] = (
        "*.js",
        (*ManifestStaticFilesStorage._js_module_import_aggregation_patterns[1][:-1], (_DYNAMIC_IMPORT, 'import("%(url)s")')),  # type: ignore[attr-defined]
    )
    manifest_strict = False
    # A module's own name changes with those of its imports: one pass for each level of them, and one to see that nothing changes any more.
    max_post_process_passes = 20

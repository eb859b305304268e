from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ModuleStorage(ManifestStaticFilesStorage):
    """Hashed file names, also inside `import … from "./x.js";`: only with a final semicolon, which is why every import has one."""

    support_js_module_import_aggregation = True
    manifest_strict = False
    # A module's own name changes with those of its imports: one pass for each level of them, and one to see that nothing changes any more.
    max_post_process_passes = 20

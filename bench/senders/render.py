"""The bare step of rendering: the same plan and the same SQL to bodies, nothing sent or remembered.

python render.py PROJECT        prints the seconds of the plan and of the rendering as JSON
"""

import json
import sys
import time
from pathlib import Path

from connector.payloads.chunks import Chunks
from connector.payloads.renderers import renderers
from connector.plan.choice import Choice
from connector.plan.plan import Planner
from connector.runs.workspace import Options, configured, opened

((account,), warehouse) = configured(Options(project_dir=Path(sys.argv[1])), [])
with opened(account, warehouse, read_only=True) as workspace:
    job = workspace.job
    began = time.perf_counter()
    planner = Planner(job.connection, job.contract, job.destination)
    plan = planner.plan(job.warehouse, Choice())
    planned = time.perf_counter()
    with renderers(job.connection, plan.planned) as threads:
        chunks = Chunks(threads, planner.recipe(), plan.planned)
        for chunk in chunks:
            chunks.release(chunk)
    ended = time.perf_counter()
print(json.dumps({"planning": planned - began, "rendering": ended - planned}))

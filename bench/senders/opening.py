"""How long it takes until the ledger can be asked.

python opening.py PROJECT       prints the seconds as JSON
"""

import json
import sys
import time
from pathlib import Path

from connector.runs.workspace import Options, accounts, remembered

(account,) = accounts(Options(project_dir=Path(sys.argv[1])), [])
began = time.perf_counter()
with remembered(account):
    print(json.dumps({"opening": time.perf_counter() - began}))

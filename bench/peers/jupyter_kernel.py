"""The peer of the sandbox: a Jupyter kernel that is warm, shared and unisolated, executing the same cell.

Arguments: the folder of the libraries (so that both sides have the same), the cell, how often. Prints milliseconds from
sending the cell to its first output, as JSON. Needs jupyter_client and ipykernel beside this interpreter.
"""
import json
import os
import sys
import time

from jupyter_client.manager import KernelManager

libraries, cell, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
IMPORTS = "import numpy, pandas, scipy.stats, sklearn, statsmodels.api, plotly.express, matplotlib.pyplot, seaborn"

manager = KernelManager(kernel_name="python3")
manager.start_kernel(env={**os.environ, "PYTHONPATH": libraries})
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)


def execute(code):
    """Milliseconds to the first output, when the cell has ended."""
    started = time.perf_counter()
    first = None
    request = client.execute(code)
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "error":
            sys.exit("\n".join(message["content"]["traceback"]))
        if message["msg_type"] == "stream" and first is None:
            first = (time.perf_counter() - started) * 1000
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            client.get_shell_msg(timeout=60)
            return first


try:
    execute(IMPORTS)
    execute(cell)
    values = []
    for _ in range(times):
        time.sleep(0.1)
        values.append(execute(cell))
    print(json.dumps({"firstOutputMs": values}))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)

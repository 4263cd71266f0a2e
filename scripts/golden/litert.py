"""Outputs of LiteRT (PyPI `ai-edge-litert`) as golden files: litert.py JOBS.json OUT_DIR.

JOBS is a list of {name, model, inputs: [{name, data}]}, `data` being the base64 bytes of each input tensor.
Bias tensors that state a quantized_dimension above 0 are corrected in memory first: LiteRT refuses them.
"""
import base64
import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from ai_edge_litert import schema_py_generated as schema
import flatbuffers


def corrected(path: str) -> bytes:
    data = Path(path).read_bytes()
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    changed = False
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            quantization = tensor.quantization
            if quantization is not None and len(tensor.shape) == 1 and quantization.quantizedDimension > 0:
                quantization.quantizedDimension = 0
                changed = True
    if not changed:
        return data
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def run(job: dict) -> dict:
    interpreter = Interpreter(model_content=corrected(job["model"]), num_threads=1)
    interpreter.allocate_tensors()
    results = []
    for item in job["inputs"]:
        for source, data in zip(interpreter.get_input_details(), item["data"], strict=True):
            interpreter.set_tensor(source["index"], np.frombuffer(base64.b64decode(data), dtype=source["dtype"]).reshape(source["shape"]))
        interpreter.invoke()
        outputs = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
        results.append({"input": item["name"], "outputs": [base64.b64encode(np.ascontiguousarray(o).tobytes()).decode() for o in outputs]})
    return {"engine": "ai-edge-litert " + importlib.metadata.version("ai-edge-litert"), "model": job["name"], "results": results}


jobs, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
for job in jobs:
    (out / f"{job['name']}.json").write_text(json.dumps(run(job), indent=1) + "\n")
    print(job["name"], len(job["inputs"]), "inputs")

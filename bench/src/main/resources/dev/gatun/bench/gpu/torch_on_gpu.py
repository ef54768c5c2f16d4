"""PyTorch's side of `gatun gpu-check`: reads commands from standard input, a line each.

prepare {json}   makes a case and warms it up; answers "ready"
batch            runs a batch of calls; answers the seconds of one
What cannot be done is answered by "error" and the reason.
"""

import json
import sys
import time

BATCH_SECONDS = 0.02
WARM_UP_SECONDS = 0.5
LEARNING_RATE = 1e-3


def main():
    try:
        import torch

        device = torch.device("cuda", int(sys.argv[1]))
        torch.cuda.set_device(device)
        torch.ones(1, device=device)
        torch.backends.cudnn.allow_tf32 = False
        print(f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}", flush=True)
    except Exception as reason:
        print("error no PyTorch on the device:", one_line(reason), flush=True)
        return
    batch = None
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        try:
            if command == "prepare":
                batch = None
                torch.cuda.empty_cache()
                batch = prepared(torch, device, json.loads(rest))
                answer = "ready"
            else:
                answer = repr(batch())
        except Exception as reason:
            answer = "error " + one_line(reason)
        print(answer, flush=True)


def one_line(reason):
    return " ".join(str(reason).split())


def prepared(torch, device, settings):
    call = case(torch, device, settings)

    def timed(calls):
        torch.cuda.synchronize(device)
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        torch.cuda.synchronize(device)
        return (time.perf_counter() - begin) / calls

    total, fastest, calls = 0.0, float("inf"), 0
    while calls < 3 or total < WARM_UP_SECONDS:
        seconds = timed(1)
        fastest = min(fastest, seconds)
        total += seconds
        calls += 1
    per_batch = max(1, min(10_000, int(BATCH_SECONDS / fastest)))
    return lambda: timed(per_batch)


def case(torch, device, s):
    kind = s["kind"]
    torch.backends.cuda.matmul.allow_tf32 = s.get("tf32", False)

    def random(*sizes, dtype=torch.float32):
        return torch.randn(*sizes, device=device).to(dtype)

    if kind == "gemm":
        dtype = getattr(torch, s["dtype"])
        a, b = random(s["n"], s["n"], dtype=dtype), random(s["n"], s["n"], dtype=dtype)
        out = a @ b
        return lambda: torch.mm(a, b, out=out)
    if kind in ("upload", "download"):
        here = torch.randn(s["n"])
        there = here.to(device)
        return (lambda: there.copy_(here)) if kind == "upload" else (lambda: here.copy_(there))
    if kind == "copy":
        source = random(s["n"])
        target = torch.zeros_like(source)
        return lambda: target.copy_(source)
    if kind == "silu_add":
        x, y = random(s["n"]), random(s["n"])
        return captured(torch, lambda: x * torch.sigmoid(x) + y)
    if kind == "softmax":
        x = random(s["rows"], s["columns"])
        return lambda: torch.softmax(x, 1)
    if kind == "sum of rows":
        x = random(s["rows"], s["columns"])
        return lambda: x.sum(1)
    if kind == "conv":
        x = random(s["batch"], s["channels"], s["size"], s["size"])
        w = random(s["channels"], s["channels"], 3, 3)
        return lambda: torch.conv2d(x, w, None, 1, 1)
    if kind == "mlp":
        n = s["width"]
        layers = [torch.nn.Linear(n, n), torch.nn.ReLU(), torch.nn.Linear(n, n), torch.nn.ReLU()]
        model = torch.nn.Sequential(*layers, torch.nn.Linear(n, n)).to(device)
        return step(torch, model, random(s["batch"], n), random(s["batch"], n), s["captured"])
    if kind == "encoder":
        layer = torch.nn.TransformerEncoderLayer(
            s["width"], 4, 4 * s["width"], dropout=0.0, batch_first=True
        )
        model = torch.nn.TransformerEncoder(layer, 2).to(device)
        sizes = (s["batch"], s["length"], s["width"])
        return step(torch, model, random(*sizes), random(*sizes), s["captured"])
    raise ValueError("no such kind of work: " + kind)


def step(torch, model, inputs, targets, is_captured):
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()

    return captured(torch, run) if is_captured else run


def captured(torch, call):
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            call()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        call()
    return graph.replay


main()

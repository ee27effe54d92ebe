"""The transformer multilingual-e5-small as an ONNX graph; inputs and outputs are the hub's."""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from matching.packed_weights import BLOCK, PackedWeights

OPERATORS = 20
MASKED = -10_000.0

Attribute = int | float | str | tuple[int, ...]


class _Graph:
    """Nodes and constants in the order they are added; names are the graph's edges."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def apply(self, operator: str, *inputs: str, to: str, **attributes: Attribute) -> str:
        node = helper.make_node(operator, list(inputs), [to], to)
        node.attribute.extend(helper.make_attribute(*entry) for entry in attributes.items())
        self.nodes.append(node)
        return to

    def as_float(self, tensor: str, *, to: str) -> str:
        cast = helper.make_node("Cast", [tensor], [to], name=to, to=TensorProto.FLOAT)
        self.nodes.append(cast)
        return to


def encoder_graph(weights: PackedWeights) -> onnx.ModelProto:
    """Write the whole encoder: `input_ids` and `attention_mask` in, `last_hidden_state` out."""
    graph = _Graph()
    _shapes(graph, weights)
    mask = _attention_mask(graph)
    state = _embeddings(graph, weights)
    for layer in range(weights.shape.layers):
        state = _layer(graph, weights, f"l{layer}", state=state, mask=mask)
    graph.apply("Identity", state, to="last_hidden_state")
    return _model(graph, weights)


def _shapes(graph: _Graph, weights: PackedWeights) -> None:
    shape = weights.shape
    head = shape.hidden // shape.heads
    graph.constant("split_heads", np.array([0, 0, shape.heads, head], np.int64))
    graph.constant("join_heads", np.array([0, 0, shape.hidden], np.int64))
    graph.constant("scale", np.array(head**-0.5, np.float32))


def _attention_mask(graph: _Graph) -> str:
    graph.constant("one", np.array(1.0, np.float32))
    graph.constant("masked", np.array(MASKED, np.float32))
    graph.constant("mask_axes", np.array([1, 2], np.int64))
    seen = graph.as_float("attention_mask", to="mask_seen")
    hidden = graph.apply("Sub", "one", seen, to="mask_hidden")
    penalty = graph.apply("Mul", hidden, "masked", to="mask_penalty")
    return graph.apply("Unsqueeze", penalty, "mask_axes", to="mask")


def _embeddings(graph: _Graph, weights: PackedWeights) -> str:
    words = _word_embeddings(graph, weights)
    hidden = weights.shape.hidden
    places = weights.plain["emb.pos"].reshape(-1, hidden) + weights.plain["emb.type"][:hidden]
    graph.constant("positions", places)
    graph.constant("zero", np.array([0], np.int64))
    length = graph.apply("Shape", "input_ids", to="length", start=1, end=2)
    used = graph.apply("Slice", "positions", "zero", length, "zero", to="used_positions")
    summed = graph.apply("Add", words, used, to="embedded")
    return _normalised(graph, weights, "emb.ln", summed)


def _word_embeddings(graph: _Graph, weights: PackedWeights) -> str:
    """Look words up in their 4-bit blocks: 54 MB in memory where plain floats need 384."""
    shape = weights.shape
    blocks = weights.packed["emb.word"].reshape(shape.vocabulary, shape.hidden // BLOCK)
    graph.constant("word_nibbles", blocks["nibbles"])
    graph.constant("word_scales", blocks["scale"][..., None])
    graph.constant("low_bits", np.array(15, np.uint8))
    graph.constant("four", np.array(4, np.uint8))
    graph.constant("middle", np.array(8.0, np.float32))
    nibbles = graph.apply("Gather", "word_nibbles", "input_ids", to="nibbles")
    low = graph.apply("BitwiseAnd", nibbles, "low_bits", to="nibbles_low")
    high = graph.apply("BitShift", nibbles, "four", to="nibbles_high", direction="RIGHT")
    both = graph.apply("Concat", low, high, to="levels", axis=-1)
    levels = graph.as_float(both, to="levels_float")
    centred = graph.apply("Sub", levels, "middle", to="levels_centred")
    halves = graph.apply("Gather", "word_scales", "input_ids", to="scales_half")
    scales = graph.as_float(halves, to="scales")
    scaled = graph.apply("Mul", centred, scales, to="words_blocked")
    return graph.apply("Reshape", scaled, "join_heads", to="words")


def _layer(graph: _Graph, weights: PackedWeights, name: str, *, state: str, mask: str) -> str:
    attended = _attention(graph, weights, name, state=state, mask=mask)
    joined = graph.apply("Add", state, attended, to=f"{name}.attended")
    state = _normalised(graph, weights, f"{name}.aln", joined)
    wide = _linear(graph, weights, f"{name}.fi", state)
    active = graph.apply("Gelu", wide, to=f"{name}.active")
    narrow = _linear(graph, weights, f"{name}.fo", active)
    summed = graph.apply("Add", state, narrow, to=f"{name}.summed")
    return _normalised(graph, weights, f"{name}.oln", summed)


def _attention(graph: _Graph, weights: PackedWeights, name: str, *, state: str, mask: str) -> str:
    query = _heads(graph, weights, f"{name}.q", state, order=(0, 2, 1, 3))
    key = _heads(graph, weights, f"{name}.k", state, order=(0, 2, 3, 1))
    value = _heads(graph, weights, f"{name}.v", state, order=(0, 2, 1, 3))
    products = graph.apply("MatMul", query, key, to=f"{name}.products")
    scaled = graph.apply("Mul", products, "scale", to=f"{name}.scaled")
    visible = graph.apply("Add", scaled, mask, to=f"{name}.visible")
    shares = graph.apply("Softmax", visible, to=f"{name}.shares", axis=-1)
    mixed = graph.apply("MatMul", shares, value, to=f"{name}.mixed")
    turned = graph.apply("Transpose", mixed, to=f"{name}.turned", perm=(0, 2, 1, 3))
    joined = graph.apply("Reshape", turned, "join_heads", to=f"{name}.joined")
    return _linear(graph, weights, f"{name}.ao", joined)


def _heads(
    graph: _Graph, weights: PackedWeights, name: str, state: str, *, order: tuple[int, ...]
) -> str:
    projected = _linear(graph, weights, name, state)
    split = graph.apply("Reshape", projected, "split_heads", to=f"{name}.split")
    return graph.apply("Transpose", split, to=f"{name}.heads", perm=order)


def _linear(graph: _Graph, weights: PackedWeights, name: str, state: str) -> str:
    bias = weights.plain[f"{name}.b"]
    columns = weights.packed[f"{name}.w"].size * BLOCK // bias.size
    matrix = weights.matrix(f"{name}.w", columns=columns)
    graph.constant(f"{name}.weight", matrix.T)
    graph.constant(f"{name}.bias", bias)
    product = graph.apply("MatMul", state, f"{name}.weight", to=f"{name}.product")
    return graph.apply("Add", product, f"{name}.bias", to=f"{name}.out")


def _normalised(graph: _Graph, weights: PackedWeights, name: str, state: str) -> str:
    graph.constant(f"{name}.weight", weights.plain[f"{name}.w"])
    graph.constant(f"{name}.bias", weights.plain[f"{name}.b"])
    return graph.apply(
        "LayerNormalization",
        state,
        f"{name}.weight",
        f"{name}.bias",
        to=f"{name}.out",
        axis=-1,
        epsilon=weights.shape.epsilon,
    )


def _model(graph: _Graph, weights: PackedWeights) -> onnx.ModelProto:
    text = ["batch", "length"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, text)
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info(
        "last_hidden_state", TensorProto.FLOAT, [*text, weights.shape.hidden]
    )
    body = helper.make_graph(
        graph.nodes, "multilingual-e5-small", inputs, [output], list(graph.constants.values())
    )
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", OPERATORS)], ir_version=9)

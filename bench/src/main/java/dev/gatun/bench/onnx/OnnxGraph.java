package dev.gatun.bench.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Collects the nodes of a model with one float32 input, {@code x}, and one float32 output, {@code
 * y}. Field numbers are those of {@code onnx.proto}.
 */
public final class OnnxGraph {

  /** The operators of this version are meant. */
  private static final int OPERATOR_SET = 17;

  private static final String CONTRIBUTED = "com.microsoft";
  private static final int CONTRIBUTED_SET = 1;
  private static final int FORMAT_VERSION = 8;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int FLOAT_ATTRIBUTE = 1;
  private static final int INT_ATTRIBUTE = 2;
  private static final int INTS_ATTRIBUTE = 7;

  private final Message graph = new Message().text(2, "benchmark");

  /** Makes an empty graph. */
  public OnnxGraph() {}

  /** An attribute of a node. */
  public static final class Attribute {

    private final Message message;

    private Attribute(Message message) {
      this.message = message;
    }

    /**
     * An integer.
     *
     * @param name the attribute's name
     * @param value its value
     * @return the attribute
     */
    public static Attribute of(String name, long value) {
      return new Attribute(
          new Message().text(1, name).integer(3, value).integer(20, INT_ATTRIBUTE));
    }

    /**
     * A number.
     *
     * @param name the attribute's name
     * @param value its value
     * @return the attribute
     */
    public static Attribute of(String name, float value) {
      return new Attribute(
          new Message().text(1, name).fraction(2, value).integer(20, FLOAT_ATTRIBUTE));
    }

    /**
     * Several integers.
     *
     * @param name the attribute's name
     * @param values its values
     * @return the attribute
     */
    public static Attribute of(String name, long[] values) {
      var message = new Message().text(1, name);
      for (long value : values) {
        message.integer(8, value);
      }
      return new Attribute(message.integer(20, INTS_ATTRIBUTE));
    }
  }

  /**
   * Adds a constant of float32.
   *
   * @param name what nodes call it
   * @param values the elements in row-major order
   * @param sizes the shape
   * @return this
   */
  public OnnxGraph constant(String name, float[] values, long... sizes) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    graph.message(5, tensor(name, FLOAT, bytes.array(), sizes));
    return this;
  }

  /**
   * Adds a vector of int64, such as a shape.
   *
   * @param name what nodes call it
   * @param values the elements
   * @return this
   */
  public OnnxGraph integers(String name, long... values) {
    var bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    graph.message(5, tensor(name, INT64, bytes.array(), values.length));
    return this;
  }

  private static Message tensor(String name, int type, byte[] elements, long... sizes) {
    var tensor = new Message();
    for (long size : sizes) {
      tensor.integer(1, size);
    }
    return tensor.integer(2, type).text(8, name).raw(9, elements);
  }

  /**
   * Adds a node with one output. Nodes are added in the order of the computation.
   *
   * @param operator the operator's name
   * @param inputs names of constants, of outputs before, or {@code x}
   * @param output the name of its output
   * @param attributes the operator's attributes
   * @return this
   */
  public OnnxGraph node(
      String operator, List<String> inputs, String output, Attribute... attributes) {
    return node(operator, inputs, List.of(output), attributes);
  }

  /**
   * Adds a node. Nodes are added in the order of the computation.
   *
   * @param operator the operator's name
   * @param inputs names of constants, of outputs before, or {@code x}
   * @param outputs the names of its outputs
   * @param attributes the operator's attributes
   * @return this
   */
  public OnnxGraph node(
      String operator, List<String> inputs, List<String> outputs, Attribute... attributes) {
    graph.message(1, nodeMessage(operator, inputs, outputs, attributes));
    return this;
  }

  /**
   * Adds a node of an operator that ONNX Runtime has beyond those of ONNX.
   *
   * @param operator the operator's name
   * @param inputs names of constants, of outputs before, or {@code x}
   * @param output the name of its output
   * @param attributes the operator's attributes
   * @return this
   */
  public OnnxGraph contributed(
      String operator, List<String> inputs, String output, Attribute... attributes) {
    var node = nodeMessage(operator, inputs, List.of(output), attributes);
    graph.message(1, node.text(7, CONTRIBUTED));
    return this;
  }

  private static Message nodeMessage(
      String operator, List<String> inputs, List<String> outputs, Attribute... attributes) {
    var node = new Message();
    inputs.forEach(input -> node.text(1, input));
    outputs.forEach(output -> node.text(2, output));
    node.text(4, operator);
    for (var attribute : attributes) {
      node.message(5, attribute.message);
    }
    return node;
  }

  /**
   * Ends the model.
   *
   * @param inputShape the shape of {@code x}
   * @param outputShape the shape of {@code y}
   * @return the model as a file would hold it
   */
  public byte[] toModel(long[] inputShape, long[] outputShape) {
    graph.message(11, valueInfo("x", inputShape)).message(12, valueInfo("y", outputShape));
    return new Message()
        .integer(1, FORMAT_VERSION)
        .text(2, "gatun")
        .message(7, graph)
        .message(8, operatorSet("", OPERATOR_SET))
        .message(8, operatorSet(CONTRIBUTED, CONTRIBUTED_SET))
        .toByteArray();
  }

  private static Message operatorSet(String domain, int version) {
    return new Message().text(1, domain).integer(2, version);
  }

  private static Message valueInfo(String name, long[] sizes) {
    var shape = new Message();
    for (long size : sizes) {
      shape.message(1, new Message().integer(1, size));
    }
    var type = new Message().message(1, new Message().integer(1, FLOAT).message(2, shape));
    return new Message().text(1, name).message(2, type);
  }
}

package dev.gatun.bench.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxGraphTest {

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void messagesAreInTheWireFormat() {
    // The examples of the description of the format.
    assertEquals("089601", hex(new Message().integer(1, 150).toByteArray()));
    assertEquals("120774657374696e67", hex(new Message().text(2, "testing").toByteArray()));
    assertEquals(
        "1a03089601", hex(new Message().message(3, new Message().integer(1, 150)).toByteArray()));
    assertEquals("150000803f", hex(new Message().fraction(2, 1).toByteArray()));
    assertEquals("08ffffffffffffffffff01", hex(new Message().integer(1, -1).toByteArray()));
    // Field numbers above 15 take a second byte.
    assertEquals("a00107", hex(new Message().integer(20, 7).toByteArray()));
  }

  @Test
  void aModelHasVersionGraphAndOperatorSets() {
    var model =
        new OnnxGraph().node("Relu", List.of("x"), "y").toModel(new long[] {2}, new long[] {2});
    var node = new Message().text(1, "x").text(2, "y").text(4, "Relu");
    var shape = new Message().message(1, new Message().integer(1, 2));
    var type = new Message().message(1, new Message().integer(1, 1).message(2, shape));
    var graph =
        new Message()
            .text(2, "benchmark")
            .message(1, node)
            .message(11, new Message().text(1, "x").message(2, type))
            .message(12, new Message().text(1, "y").message(2, type));
    var expected =
        new Message()
            .integer(1, 8)
            .text(2, "gatun")
            .message(7, graph)
            .message(8, new Message().text(1, "").integer(2, 17))
            .message(8, new Message().text(1, "com.microsoft").integer(2, 1));
    assertArrayEquals(expected.toByteArray(), model);
  }
}

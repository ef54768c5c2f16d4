package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A picture of what a backward pass would go through: leaves, operations with the shapes of their
 * results, and how they hang together, in the language of Graphviz.
 *
 * {@snippet :
 * Tensor weight = Gatun.randn(3, 2).requiresGrad_();
 * Tensor loss = Gatun.ones(4, 3).matmul(weight).square().mean();
 * System.out.println(GraphPicture.of(java.util.Map.of("weight", weight), loss).dot());
 * }
 *
 * <p>Immutable: shows the graph as it was when the picture was made, and keeps nothing of it.
 */
public final class GraphPicture {
  private static final String GRAPHVIZ = "dot";

  private final String dot;

  private GraphPicture(String dot) {
    this.dot = dot;
  }

  /**
   * Makes a picture.
   *
   * @param outputs computed tensors, from which the graph is followed to its leaves
   * @return the picture
   * @throws GradientException when an output requires no gradient
   * @throws dev.gatun.memory.ClosedTensorException when an output is closed
   */
  public static GraphPicture of(Tensor... outputs) {
    return of(Map.of(), outputs);
  }

  /**
   * Makes a picture in which some tensors have names.
   *
   * @param names tensors that require gradients, by name, such as parameters
   * @param outputs computed tensors, from which the graph is followed to its leaves
   * @return the picture
   * @throws GradientException when an output requires no gradient
   * @throws dev.gatun.memory.ClosedTensorException when an output is closed
   */
  public static GraphPicture of(Map<String, Tensor> names, Tensor... outputs) {
    Map<GradientEdge, String> labels = new IdentityHashMap<>();
    new TreeMap<>(names)
        .forEach((name, tensor) -> {
          GradientEdge edge = tensor.edge();
          if (edge != null) {
            labels.putIfAbsent(edge, name);
          }
        });
    for (Tensor output : outputs) {
      output.checkOpen("graph picture");
      if (output.edge() == null) {
        throw new GradientException(
            "graph picture: "
                + output.describe()
                + " does not require grad and does not have a grad_fn: there is no graph");
      }
    }
    return new GraphPicture(new Drawing(labels).draw(outputs));
  }

  /**
   * Returns the picture as text.
   *
   * @return a {@code digraph} of the language DOT; the same for the same graph
   */
  public String dot() {
    return dot;
  }

  /**
   * Writes the picture into a file: {@code .dot} and {@code .gv} as text, {@code .svg}, {@code
   * .png} and {@code .pdf} drawn by Graphviz, whose program {@code dot} is on the path then.
   *
   * @param file the file to write; its name says what
   * @throws ArgumentException when the name ends otherwise
   * @throws GraphvizException when Graphviz is not installed, or fails
   * @throws IOException when the file cannot be written
   */
  public void write(Path file) throws IOException {
    write(file, GRAPHVIZ);
  }

  void write(Path file, String program) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    String type = name.substring(name.lastIndexOf('.') + 1);
    switch (type) {
      case "dot", "gv" -> Files.writeString(file, dot);
      case "svg", "png", "pdf" -> Files.write(file, drawn(type, program));
      default ->
          throw new ArgumentException(
              "graph picture: " + file + ": the name ends with .dot, .gv, .svg, .png or .pdf");
    }
  }

  /** Has Graphviz draw; it reads and writes files, so that neither side waits for the other. */
  private byte[] drawn(String type, String program) throws IOException {
    Path folder = Files.createTempDirectory("graph-picture");
    Path text = folder.resolve("graph.dot");
    Path picture = folder.resolve("graph." + type);
    Path messages = folder.resolve("messages.txt");
    try {
      Files.writeString(text, dot);
      Process process = start(program, type, text, picture, messages);
      int status = process.waitFor();
      if (status != 0) {
        throw new GraphvizException(
            "graph picture: "
                + program
                + " ended with "
                + status
                + ": "
                + Files.readString(messages, StandardCharsets.UTF_8).strip());
      }
      return Files.readAllBytes(picture);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GraphvizException("graph picture: interrupted while " + program + " draws", e);
    } finally {
      for (Path file : List.of(text, picture, messages, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Process start(
      String program, String type, Path text, Path picture, Path messages) {
    try {
      return new ProcessBuilder(program, "-T" + type, "-o", picture.toString(), text.toString())
          .redirectErrorStream(true)
          .redirectOutput(messages.toFile())
          .start();
    } catch (IOException e) {
      throw new GraphvizException(
          "graph picture: the program "
              + program
              + " cannot be started: install Graphviz, or take the text from dot()",
          e);
    }
  }

  @Override
  public String toString() {
    return dot;
  }

  /** The text on its way. */
  private static final class Drawing {
    private final Map<GradientEdge, String> labels;
    private final Map<GradientEdge, Integer> numbers = new IdentityHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final List<String> arrows = new ArrayList<>();

    Drawing(Map<GradientEdge, String> labels) {
      this.labels = labels;
    }

    String draw(Tensor[] outputs) {
      text.append("digraph gatun {\n");
      text.append("  node [shape=box, fontname=\"sans-serif\", fontsize=11];\n");
      text.append("  edge [fontname=\"sans-serif\", fontsize=9];\n");
      for (Tensor output : outputs) {
        if (output.edge() instanceof LeafGradient leaf) {
          leaf(leaf, output.dtype(), output.shape());
        }
      }
      for (Node node : GraphWalk.nodes(outputs)) {
        int number = operation(node);
        for (int i = 0; i < node.inputCount(); i++) {
          GradientEdge edge = node.edge(i);
          if (edge != null) {
            int from =
                switch (edge) {
                  case Node input -> operation(input);
                  case LeafGradient leaf -> leaf(leaf, node.dtype(i), node.shape(i));
                };
            arrows.add("  n" + from + " -> n" + number + " [label=\"" + node.shape(i) + "\"];\n");
          }
        }
      }
      int count = 0;
      for (Tensor output : outputs) {
        Integer from = numbers.get(output.edge());
        String name = outputs.length == 1 ? "output" : "output " + count;
        text.append("  out").append(count).append(" [label=\"").append(name);
        text.append("\", style=filled, fillcolor=\"#c8e6c9\"];\n");
        arrows.add("  n" + from + " -> out" + count + " [label=\"" + output.shape() + "\"];\n");
        count++;
      }
      arrows.forEach(text::append);
      return text.append("}\n").toString();
    }

    private int operation(Node node) {
      return place(node, node.op.name(), node.outputDType, node.outputShape, "");
    }

    private int leaf(LeafGradient leaf, DType dtype, Shape shape) {
      return place(leaf, null, dtype, shape, ", style=filled, fillcolor=\"#bbdefb\"");
    }

    private int place(
        GradientEdge edge, @Nullable String operation, DType dtype, Shape shape, String style) {
      Integer known = numbers.get(edge);
      if (known != null) {
        return known;
      }
      int number = numbers.size();
      numbers.put(edge, number);
      String name = labels.get(edge);
      List<String> lines = new ArrayList<>();
      if (name != null) {
        lines.add(escaped(name));
      }
      if (operation != null) {
        lines.add(escaped(operation));
      } else if (name == null) {
        lines.add("leaf");
      }
      lines.add(dtype + shape.toString());
      text.append("  n").append(number).append(" [label=\"").append(String.join("\\n", lines));
      text.append('"').append(style).append("];\n");
      return number;
    }

    private static String escaped(String label) {
      return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
  }
}

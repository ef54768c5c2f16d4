package dev.gatun.autograd;

import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Prints tensors as PyTorch does: four digits behind the point, whole numbers as {@code 1.}, one
 * width for all, an exponent when magnitudes lie far apart, and the middle left out of what is
 * large.
 */
final class TensorPrinter {
  private static final int THRESHOLD = 1000;
  private static final int EDGE = 3;
  private static final int LINE = 80;
  private static final String PREFIX = "tensor(";

  private final Tensor tensor;

  /** The same elements, on the host. */
  private final Tensor elements;

  private final boolean summarised;
  private final ElementFormat format;
  private final int width;

  private TensorPrinter(Tensor tensor, Tensor elements) {
    this.tensor = tensor;
    this.elements = elements;
    this.summarised = tensor.numel() > THRESHOLD;
    List<Layout> shown = new ArrayList<>();
    if (tensor.numel() > 0) {
      collect(elements.layout(), shown);
    }
    this.format =
        ElementFormat.of(tensor.dtype(), shown.stream().mapToDouble(this::value).toArray());
    int widest = 1;
    for (Layout at : shown) {
      widest = Math.max(widest, isWide() ? text(at).length() : format.widthFor(value(at)));
    }
    this.width = widest;
  }

  static String print(Tensor tensor) {
    if (tensor.isClosed()) {
      return "tensor(closed, " + tensor.dtype() + tensor.shape() + ")";
    }
    if (!tensor.storage().isAlive()) {
      return "tensor(memory freed, " + tensor.dtype() + tensor.shape() + ")";
    }
    if (Recording.isActive()) {
      return "tensor(in a step that is being captured, " + tensor.dtype() + tensor.shape() + ")";
    }
    try (Tensor elements = Devices.onHost(tensor)) {
      return new TensorPrinter(tensor, elements).text();
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder(PREFIX);
    text.append(tensor.numel() == 0 ? "[]" : block(elements.layout(), PREFIX.length()));
    int onLine = text.length() - text.lastIndexOf("\n") + 1;
    for (String suffix : suffixes()) {
      if (onLine + suffix.length() + 2 > LINE) {
        text.append(",\n").repeat(" ", PREFIX.length());
        onLine = PREFIX.length() + suffix.length();
      } else {
        text.append(", ");
        onLine += suffix.length() + 2;
      }
      text.append(suffix);
    }
    return text.append(')').toString();
  }

  /** Returns what the elements alone do not tell. */
  private List<String> suffixes() {
    List<String> suffixes = new ArrayList<>();
    if (!tensor.device().isCpu()) {
      suffixes.add("device='" + tensor.device() + "'");
    }
    boolean empty = tensor.numel() == 0;
    if (empty && tensor.rank() != 1) {
      suffixes.add("size=" + tuple(tensor.shape()));
    }
    DType dtype = tensor.dtype();
    boolean understood =
        dtype == DType.FLOAT32 || !empty && (dtype == DType.INT64 || dtype == DType.BOOL);
    if (!understood) {
      suffixes.add("dtype=torch." + dtype);
    }
    String gradFn = tensor.gradFn();
    if (gradFn != null) {
      suffixes.add("grad_fn=<" + gradFn + ">");
    } else if (tensor.requiresGrad()) {
      suffixes.add("requires_grad=True");
    }
    return suffixes;
  }

  /** Returns sizes as Python writes a tuple of two or more. */
  private static String tuple(Shape shape) {
    StringJoiner text = new StringJoiner(", ", "(", ")");
    for (long size : shape.toArray()) {
      text.add(Long.toString(size));
    }
    return text.toString();
  }

  /** Returns the elements in their brackets; {@code indent} is the column of the outermost one. */
  private String block(Layout layout, int indent) {
    return switch (layout.rank()) {
      case 0 -> padded(layout);
      case 1 -> vector(layout, indent);
      default -> {
        List<String> parts = new ArrayList<>();
        for (long i = 0; i < layout.size(0); i++) {
          if (isCut(layout, i)) {
            parts.add("...");
            i = layout.size(0) - EDGE;
          }
          parts.add(block(layout.select(0, i), indent + 1));
        }
        String between = "," + "\n".repeat(layout.rank() - 1) + " ".repeat(indent + 1);
        yield "[" + String.join(between, parts) + "]";
      }
    };
  }

  private String vector(Layout layout, int indent) {
    int perLine = Math.max((LINE - indent) / (width + 2), 1);
    StringBuilder text = new StringBuilder("[");
    int count = 0;
    for (long i = 0; i < layout.size(0); i++) {
      if (isCut(layout, i)) {
        separate(text, count++, perLine, indent).append(" ...");
        i = layout.size(0) - EDGE;
      }
      separate(text, count++, perLine, indent).append(padded(layout.select(0, i)));
    }
    return text.append(']').toString();
  }

  private static StringBuilder separate(StringBuilder text, int count, int perLine, int indent) {
    if (count == 0) {
      return text;
    }
    return count % perLine == 0 ? text.append(",\n").repeat(" ", indent + 1) : text.append(", ");
  }

  /** Tells whether something is left out before this place on the first axis. */
  private boolean isCut(Layout layout, long index) {
    return summarised && index == EDGE && layout.size(0) > 2 * EDGE;
  }

  /** Collects where the elements are that are shown. */
  private void collect(Layout layout, List<Layout> shown) {
    if (layout.rank() == 0) {
      shown.add(layout);
      return;
    }
    for (long i = 0; i < layout.size(0); i++) {
      if (isCut(layout, i)) {
        i = layout.size(0) - EDGE;
      }
      collect(layout.select(0, i), shown);
    }
  }

  private String padded(Layout at) {
    String text = text(at);
    return " ".repeat(Math.max(width - text.length(), 0)) + text;
  }

  private String text(Layout at) {
    return isWide()
        ? Long.toString(tensor.dtype().getLong(elements.segment(), byteOffset(at)))
        : format.text(value(at));
  }

  /** Tells whether a double does not hold every element. */
  private boolean isWide() {
    return tensor.dtype() == DType.INT64;
  }

  private double value(Layout at) {
    return tensor.dtype().getDouble(elements.segment(), byteOffset(at));
  }

  private long byteOffset(Layout at) {
    return at.offset() << tensor.dtype().byteShift();
  }
}

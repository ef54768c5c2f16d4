package dev.gatun.autograd;

import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
  private final boolean summarised;
  private final Format format;
  private final int width;

  /** How the numbers of one tensor are written. */
  private enum Format {
    TRUTH,
    INTEGER,
    WHOLE,
    FIXED,
    SCIENTIFIC
  }

  private TensorPrinter(Tensor tensor) {
    this.tensor = tensor;
    this.summarised = tensor.numel() > THRESHOLD;
    List<Double> shown = new ArrayList<>();
    collect(tensor.layout(), shown);
    this.format = choose(tensor.dtype(), shown);
    int widest = 0;
    if (tensor.dtype() == DType.INT64) {
      widest = widestLong(tensor.layout());
    } else {
      for (double value : shown) {
        widest = Math.max(widest, number(value).length());
      }
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
    return new TensorPrinter(tensor).text();
  }

  private String text() {
    StringBuilder text = new StringBuilder(PREFIX);
    if (tensor.numel() == 0) {
      text.append("[]");
      if (tensor.rank() != 1) {
        text.append(", size=").append(tensor.shape());
      }
    } else {
      append(text, tensor.layout(), PREFIX.length());
    }
    DType dtype = tensor.dtype();
    boolean plain =
        dtype == DType.FLOAT32
            || tensor.numel() > 0 && (dtype == DType.INT64 || dtype == DType.BOOL);
    if (!plain) {
      text.append(", dtype=").append(dtype);
    }
    String gradFn = tensor.gradFn();
    if (gradFn != null) {
      text.append(", grad_fn=<").append(gradFn).append('>');
    } else if (tensor.requiresGrad()) {
      text.append(", requires_grad=True");
    }
    return text.append(')').toString();
  }

  private void append(StringBuilder text, Layout layout, int indent) {
    if (layout.rank() == 0) {
      text.append(padded(element(layout)));
      return;
    }
    long size = layout.size(0);
    boolean cut = summarised && size > 2 * EDGE;
    boolean innermost = layout.rank() == 1;
    int perLine = Math.max((LINE - indent) / (width + 2), 1);
    int onLine = 0;
    text.append('[');
    for (long i = 0; i < size; i++) {
      if (cut && i == EDGE) {
        text.append(innermost ? " ...," : "...,");
        if (!innermost) {
          newLines(text, layout.rank() - 1, indent + 1);
        } else {
          text.append(' ');
          onLine++;
        }
        i = size - EDGE;
      }
      if (innermost && onLine == perLine) {
        text.setLength(text.length() - 1);
        text.append('\n').repeat(" ", indent + 1);
        onLine = 0;
      }
      append(text, layout.select(0, i), indent + 1);
      onLine++;
      if (i < size - 1) {
        text.append(',');
        if (innermost) {
          text.append(cut && i == EDGE - 1 ? "" : " ");
        } else {
          newLines(text, layout.rank() - 1, indent + 1);
        }
      }
    }
    text.append(']');
  }

  private static void newLines(StringBuilder text, int count, int indent) {
    text.repeat("\n", count).repeat(" ", indent);
  }

  /** Goes through the elements that are shown. */
  private void collect(Layout layout, List<Double> shown) {
    if (layout.numel() == 0) {
      return;
    }
    if (layout.rank() == 0) {
      shown.add(value(layout));
      return;
    }
    long size = layout.size(0);
    for (long i = 0; i < size; i++) {
      if (summarised && size > 2 * EDGE && i == EDGE) {
        i = size - EDGE;
      }
      collect(layout.select(0, i), shown);
    }
  }

  private int widestLong(Layout layout) {
    if (layout.numel() == 0) {
      return 0;
    }
    if (layout.rank() == 0) {
      return element(layout).length();
    }
    int widest = 0;
    long size = layout.size(0);
    for (long i = 0; i < size; i++) {
      if (summarised && size > 2 * EDGE && i == EDGE) {
        i = size - EDGE;
      }
      widest = Math.max(widest, widestLong(layout.select(0, i)));
    }
    return widest;
  }

  private static Format choose(DType dtype, List<Double> shown) {
    if (dtype == DType.BOOL) {
      return Format.TRUTH;
    }
    if (!dtype.isFloatingPoint()) {
      return Format.INTEGER;
    }
    boolean whole = true;
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (double value : shown) {
      double magnitude = Math.abs(value);
      if (magnitude != 0 && magnitude < Double.POSITIVE_INFINITY) {
        whole &= magnitude == Math.rint(magnitude);
        largest = Math.max(largest, magnitude);
        smallest = Math.min(smallest, magnitude);
      }
    }
    boolean farApart = largest > 0 && (largest / smallest > 1000 || largest > 1e8);
    if (whole) {
      return farApart ? Format.SCIENTIFIC : Format.WHOLE;
    }
    return farApart || smallest < 1e-4 ? Format.SCIENTIFIC : Format.FIXED;
  }

  private double value(Layout at) {
    return tensor.dtype().getDouble(tensor.segment(), at.offset() << tensor.dtype().byteShift());
  }

  private String element(Layout at) {
    if (tensor.dtype() == DType.INT64) {
      return Long.toString(
          tensor.dtype().getLong(tensor.segment(), at.offset() << tensor.dtype().byteShift()));
    }
    return number(value(at));
  }

  private String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return switch (format) {
      case TRUTH -> value != 0 ? "True" : "False";
      case INTEGER -> Long.toString((long) value);
      case WHOLE -> String.format(Locale.ROOT, "%.0f.", value);
      case FIXED -> String.format(Locale.ROOT, "%.4f", value);
      case SCIENTIFIC -> String.format(Locale.ROOT, "%.4e", value);
    };
  }

  private String padded(String text) {
    return " ".repeat(Math.max(tensor.rank() == 0 ? 0 : width - text.length(), 0)) + text;
  }
}

package io.kiln.spark.report;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them: the same on pages, in terminals, in tables of Markdown. */
public final class Numbers {
  private static final String NONE = "–";
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private Numbers() {}

  /** {@code 0.98123} as {@code 98.12 %}. */
  public static String percent(@Nullable Double value) {
    return value != null && Double.isFinite(value) ? fixed(100 * value, 2) + " %" : NONE;
  }

  /** Scores from 0 to 1 with three digits each: {@code 0.612 0.421}. */
  static String scores(List<Double> values) {
    return values.stream()
        .map(value -> fixed(value, 3))
        .collect(java.util.stream.Collectors.joining(" "));
  }

  /** {@code 203530} as {@code 203,530}. */
  static String count(long value) {
    StringBuilder digits = new StringBuilder().append(value);
    for (int at = digits.length() - 3; at > (value < 0 ? 1 : 0); at -= 3) {
      digits.insert(at, ',');
    }
    return digits.toString();
  }

  /** {@code 1 epoch}, {@code 2 epochs}. */
  static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** {@code 96012.3} as {@code 96,012}. */
  static String rate(double value) {
    return Double.isFinite(value) ? count(Math.round(value)) : NONE;
  }

  /**
   * A loss or an error, in any unit: four digits after the point, or as many as make five in all
   * ({@code 0.0812}, {@code 12.346}, {@code 50912}), and of small ones four that say something
   * ({@code 0.001234}, {@code 1.200e-07}).
   */
  public static String loss(@Nullable Double value) {
    if (value == null) {
      return NONE;
    }
    if (!Double.isFinite(value)) {
      return "not a number";
    }
    double size = Math.abs(value);
    if (size >= 9999.5 && size < 1e6) {
      return fixed(value, 0);
    }
    return size != 0 && (size < 1e-4 || size >= 1e6)
        ? String.format(Locale.ROOT, "%.3e", value)
        : trimmed(fixed(value, lossDigits(size)));
  }

  private static int lossDigits(double size) {
    if (size != 0 && size < 0.01) {
      return size < 0.001 ? 7 : 6;
    }
    return size < 10 ? 4 : size < 100 ? 3 : size < 1000 ? 2 : 1;
  }

  /** A setting such as a learning rate, with no digit too many. */
  static String setting(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    return size != 0 && (size < 1e-4 || size >= 1e6)
        ? String.format(Locale.ROOT, "%.2e", value)
        : trimmed(fixed(value, 6));
  }

  /** {@code 192} as {@code 3 min 12 s}. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return NONE;
    }
    if (seconds < 10) {
      return fixed(seconds, 2) + " s";
    }
    if (seconds < 60) {
      return fixed(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    return whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** {@code 407000} as {@code 407 k}. */
  static String magnitude(double value) {
    String[] units = {"", " k", " M", " G", " T", " P"};
    double scaled = value;
    int unit = 0;
    while (Math.abs(scaled) >= 1000 && unit < units.length - 1) {
      scaled /= 1000;
      unit++;
    }
    String digits =
        unit == 0 || scaled >= 100
            ? String.format(Locale.ROOT, "%.0f", scaled)
            : String.format(Locale.ROOT, scaled >= 10 ? "%.1f" : "%.2f", scaled);
    return digits + units[unit];
  }

  /** A curve in one line of text, at most that wide; gaps where a value is no number. */
  static String sparkline(List<Double> values, int width) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (Double value : values) {
      if (finite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    StringBuilder line = new StringBuilder();
    int n = Math.min(width, values.size());
    for (int i = 0; i < n; i++) {
      Double value = values.get(n == 1 ? 0 : (int) ((long) i * (values.size() - 1) / (n - 1)));
      if (finite(value)) {
        int top = BARS.length() - 1;
        int level = max > min ? (int) Math.round((value - min) / (max - min) * top) : top / 2;
        line.append(BARS.charAt(level));
      } else {
        line.append(' ');
      }
    }
    return line.toString();
  }

  /** Whether there is a number. */
  static boolean finite(@Nullable Double value) {
    return value != null && Double.isFinite(value);
  }

  /** A number with so many digits after the point, at most 9: a page has thousands of them. */
  static String fixed(double value, int digits) {
    double scaled = Math.abs(value) * Math.pow(10, digits);
    if (!(scaled < 1e9)) {
      return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
    StringBuilder text = new StringBuilder().append(Math.round(scaled));
    while (text.length() <= digits) {
      text.insert(0, '0');
    }
    if (digits > 0) {
      text.insert(text.length() - digits, '.');
    }
    return Double.compare(value, 0) < 0 ? text.insert(0, '-').toString() : text.toString();
  }

  private static String trimmed(String decimal) {
    if (decimal.indexOf('.') < 0) {
      return decimal;
    }
    int end = decimal.length();
    while (end > 0 && decimal.charAt(end - 1) == '0') {
      end--;
    }
    return decimal.substring(0, end > 0 && decimal.charAt(end - 1) == '.' ? end - 1 : end);
  }
}

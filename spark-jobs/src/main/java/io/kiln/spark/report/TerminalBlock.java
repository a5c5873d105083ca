package io.kiln.spark.report;

import java.io.PrintStream;
import java.util.List;

/**
 * Lines of a terminal that are drawn again and again in the same place. Not thread-safe.
 *
 * <p>The terminal is told not to break lines meanwhile, so it cuts long ones: so many lines are so
 * many rows, however wide it is.
 */
final class TerminalBlock {
  private static final String NO_BREAKS = "\033[?7l";
  private static final String BREAKS = "\033[?7h";
  private static final String TO_END_OF_LINE = "\033[K";
  private static final String TO_END_OF_SCREEN = "\033[J";

  private final PrintStream out;
  private int rows;

  /** Nothing is drawn yet. */
  TerminalBlock(PrintStream out) {
    this.out = out;
  }

  /** Draws lines over those that were drawn before. */
  void draw(List<String> lines) {
    StringBuilder text = new StringBuilder(NO_BREAKS).append(back());
    for (String line : lines) {
      text.append(line).append(TO_END_OF_LINE).append('\n');
    }
    out.print(text.append(TO_END_OF_SCREEN).append(BREAKS));
    out.flush();
    rows = lines.size();
  }

  /** Makes room: what is printed next stands where the lines were. */
  void wipe() {
    if (rows > 0) {
      out.print(back() + TO_END_OF_SCREEN);
      out.flush();
      rows = 0;
    }
  }

  private String back() {
    return rows == 0 ? "" : "\r\033[" + rows + "A";
  }
}

package io.kiln.spark.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of classes that can be seen on a page: a blank or a newline is a class too. */
final class ClassLabels {
  private ClassLabels() {}

  /** A name as people can see it: blanks at its ends and control characters as signs. */
  static String visible(String name) {
    if (name.isEmpty()) {
      return "(empty)";
    }
    StringBuilder text = new StringBuilder();
    int first = 0;
    int end = name.length();
    while (first < end && name.charAt(first) == ' ') {
      first++;
    }
    while (end > first && name.charAt(end - 1) == ' ') {
      end--;
    }
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      boolean inside = i >= first && i < end;
      switch (c) {
        case ' ' -> text.append(inside ? " " : "␣");
        case '\n' -> text.append('⏎');
        case '\r' -> text.append('␍');
        case '\t' -> text.append('⇥');
        case 0xa0 -> text.append('⍽');
        default -> {
          boolean unseen =
              Character.isISOControl(c)
                  || Character.getType(c) == Character.FORMAT
                  || (Character.isSpaceChar(c) && c != ' ');
          if (c < 0x20) {
            text.appendCodePoint(0x2400 + c); // the signs of control characters
          } else if (unseen) {
            text.append(String.format(java.util.Locale.ROOT, "U+%04X", c));
          } else {
            text.appendCodePoint(c);
          }
        }
      }
      i += Character.charCount(c);
    }
    return text.toString();
  }

  /** Names of n classes: those that are known, or numbers. */
  static List<String> of(int n, @Nullable List<String> names) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      labels.add(names != null && names.size() == n ? visible(names.get(i)) : String.valueOf(i));
    }
    return labels;
  }
}

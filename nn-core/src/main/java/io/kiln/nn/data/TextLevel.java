package io.kiln.nn.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What counts as one symbol of a text. */
public enum TextLevel {
  /** A Unicode code point. */
  CHARACTER {
    @Override
    public List<String> split(String text) {
      List<String> symbols = new ArrayList<>(text.length());
      String[] known = new String[128];
      text.codePoints()
          .forEach(
              point -> {
                if (point >= known.length) {
                  symbols.add(Character.toString(point));
                } else {
                  if (known[point] == null) {
                    known[point] = Character.toString(point);
                  }
                  symbols.add(known[point]);
                }
              });
      return symbols;
    }

    @Override
    public String join(List<String> symbols) {
      return String.join("", symbols);
    }
  },

  /** A word of letters, digits and apostrophes; any other visible character; a line's end. */
  WORD {
    @Override
    public List<String> split(String text) {
      List<String> symbols = new ArrayList<>();
      Matcher matcher = WORDS.matcher(text);
      while (matcher.find()) {
        symbols.add(matcher.group());
      }
      return symbols;
    }

    @Override
    public String join(List<String> symbols) {
      StringBuilder text = new StringBuilder();
      for (String symbol : symbols) {
        String last = text.isEmpty() ? "\n" : text.substring(text.length() - 1);
        if (!"\n([{".contains(last) && !"\n,.;:!?)]}".contains(symbol)) {
          text.append(' ');
        }
        text.append(symbol);
      }
      return text.toString();
    }
  };

  private static final Pattern WORDS = Pattern.compile("[\\p{L}\\p{N}']+|\\n|[^\\s]");

  /** The symbols of a text. */
  public abstract List<String> split(String text);

  /** Symbols as a text to read. */
  public abstract String join(List<String> symbols);

  /** The name in configurations, {@code character} or {@code word}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

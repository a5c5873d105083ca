package io.kiln.nn.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML texts as maps, lists, texts, numbers and switches.
 *
 * <p>Scalars follow YAML 1.2: {@code 1e-3} is a number, {@code 010} is no octal, {@code on} and
 * {@code 2026-01-31} are texts. A key twice in a section is an error. Size, depth and aliases are
 * limited, so a small file cannot ask for much memory.
 */
public final class Yaml {
  private static final int MOST_CHARACTERS = 1 << 20;
  private static final int MOST_ALIASES = 20;
  private static final int MOST_DEPTH = 50;

  private Yaml() {}

  /**
   * The sections of a YAML text; an empty text has none.
   *
   * @param where what to call the text in errors: its file
   * @throws ConfigException naming line and column if the text is not YAML, or not sections
   */
  public static Map<String, Object> sections(String where, String text) {
    return sections(where, value(where, text, MOST_CHARACTERS));
  }

  /**
   * The sections of what {@link #text} wrote, however long it is: a vocabulary or the means of many
   * columns pass what a person writes.
   */
  public static Map<String, Object> written(String where, String text) {
    return sections(where, value(where, text, Integer.MAX_VALUE));
  }

  private static Map<String, Object> sections(String where, @Nullable Object value) {
    if (value == null) {
      return new LinkedHashMap<>();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new ConfigException(
          where + ": a single value came but sections (key: value) are needed");
    }
    return Sections.copy(map);
  }

  /** The value of a YAML text, null if it is empty. */
  public static @Nullable Object value(String where, String text) {
    return value(where, text, MOST_CHARACTERS);
  }

  private static @Nullable Object value(String where, String text, int most) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(MOST_ALIASES);
    options.setNestingDepthLimit(MOST_DEPTH);
    options.setCodePointLimit(most);
    DumperOptions unused = new DumperOptions();
    try {
      return new org.yaml.snakeyaml.Yaml(
              new SafeConstructor(options), new Representer(unused), unused, options, new Scalars())
          .load(text);
    } catch (MarkedYAMLException e) {
      throw new ConfigException(where + place(e.getProblemMark()) + ": " + problem(e));
    } catch (YAMLException e) {
      throw new ConfigException(where + ": this is not YAML: " + oneLine(e.getMessage()));
    }
  }

  private static String place(@Nullable Mark mark) {
    return mark == null
        ? ""
        : " line " + (mark.getLine() + 1) + " column " + (mark.getColumn() + 1);
  }

  private static String problem(MarkedYAMLException e) {
    String problem = oneLine(e.getProblem());
    return problem.startsWith("found duplicate key")
        ? problem.substring("found ".length()) + "; keep one of them"
        : "this is not YAML: " + problem;
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "" : text.replaceAll("\\s+", " ").strip();
  }

  /** How plain scalars are read: the core schema of YAML 1.2. */
  private static class Scalars extends Resolver {
    private static final Pattern SWITCH = Pattern.compile("^(?:true|True|TRUE|false|False|FALSE)$");
    private static final Pattern WHOLE = Pattern.compile("^(?:[-+]?(?:0|[1-9][0-9]*))$");
    private static final Pattern NUMBER =
        Pattern.compile(
            "^(?:[-+]?(?:[0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?"
                + "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$");

    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.BOOL, SWITCH, "tTfF");
      addImplicitResolver(Tag.INT, WHOLE, "-+0123456789");
      addImplicitResolver(Tag.FLOAT, NUMBER, "-+0123456789.");
      addImplicitResolver(Tag.MERGE, MERGE, "<");
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }

  /** What a text must be quoted for: what YAML 1.2 or, for other readers, 1.1 takes for no text. */
  private static final class Quoted extends Scalars {
    @Override
    protected void addImplicitResolvers() {
      super.addImplicitResolvers();
      addImplicitResolver(Tag.BOOL, BOOL, "yYnNtTfFoO");
      addImplicitResolver(Tag.INT, INT, "-+0123456789");
      addImplicitResolver(Tag.FLOAT, FLOAT, "-+0123456789.");
      addImplicitResolver(Tag.TIMESTAMP, TIMESTAMP, "0123456789");
    }
  }

  /** Writes texts of several lines in double quotes: as blocks, not all line ends come back. */
  private static final class Texts extends Representer {
    Texts(DumperOptions options) {
      super(options);
    }

    @Override
    protected Node representScalar(Tag tag, String value, DumperOptions.ScalarStyle style) {
      return super.representScalar(
          tag,
          value,
          style == DumperOptions.ScalarStyle.LITERAL
              ? DumperOptions.ScalarStyle.DOUBLE_QUOTED
              : style);
    }
  }

  /** A map as YAML: a key a line, lists in one line; {@link #written} reads the same again. */
  public static String text(Map<String, ?> values) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.AUTO);
    options.setWidth(120);
    options.setDereferenceAliases(true);
    // The default is bytes in base64, which do not come back as a text.
    options.setNonPrintableStyle(DumperOptions.NonPrintableStyle.ESCAPE);
    LoaderOptions unused = new LoaderOptions();
    return new org.yaml.snakeyaml.Yaml(
            new SafeConstructor(unused), new Texts(options), options, unused, new Quoted())
        .dump(values);
  }
}

package io.kiln.nn.config;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds classes by the names of a configuration: {@code batch-norm} is the class {@code BatchNorm}
 * beside a given type, with a static method {@code from}. So a new layer needs no registration.
 *
 * <p>A class that stands for several lists them in a static method {@code names}; they begin with
 * its own: {@code resnet18} and {@code resnet50} are both {@code Resnet}, which reads the rest.
 *
 * @param <T> what the classes are
 */
public final class Named<T> {
  private static final Pattern NUMBERS = Pattern.compile("-?[0-9].*$");

  private final Class<T> type;
  private final String what;
  private final String suffix;
  private final Class<?>[] arguments;

  /**
   * Names of classes in the package of a type.
   *
   * @param type the common type, in the package to look into
   * @param what the word for it in messages
   * @param arguments parameters of {@code from}
   */
  public Named(Class<T> type, String what, Class<?>... arguments) {
    this(type, what, "", arguments);
  }

  /**
   * Names of classes whose own names end alike: with the suffix {@code -loss}, {@code hinge} is the
   * class {@code HingeLoss}.
   *
   * @param type the common type, in the package to look into
   * @param what the word for it in messages
   * @param suffix what every class has and no name
   * @param arguments parameters of {@code from}
   */
  public Named(Class<T> type, String what, String suffix, Class<?>... arguments) {
    this.type = type;
    this.what = what;
    this.suffix = suffix;
    this.arguments = arguments.clone();
  }

  /**
   * Calls {@code from} of the class of that name.
   *
   * @throws ConfigException if there is none, naming the nearest
   */
  public T make(String where, String name, Object... values) {
    try {
      Class<?> found = find(name);
      Method from = found.getMethod("from", arguments);
      return type.cast(from.invoke(null, values));
    } catch (ClassNotFoundException | NoSuchMethodException e) {
      throw new ConfigException(
          where
              + ": there is no "
              + what
              + " '"
              + name
              + "'; did you mean "
              + Settings.nearest(name, names())
              + "? There are "
              + String.join(", ", names()));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(where + ": " + e.getCause(), e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(where + ": " + e, e);
    }
  }

  /** The class of a name, or a class that lists it, whose own name is its beginning. */
  private Class<?> find(String name) throws ClassNotFoundException {
    if (name.matches("[a-z][a-z0-9-]*")) {
      Class<?> own = load(className(name + suffix));
      if (own != null && answers(own).equals(List.of(kebab(own.getSimpleName())))) {
        return own;
      }
      Class<?> family = load(className(NUMBERS.matcher(name).replaceFirst("")));
      if (family != null && answers(family).contains(name)) {
        return family;
      }
    }
    throw new ClassNotFoundException(name);
  }

  private @Nullable Class<?> load(String simpleName) {
    try {
      return Class.forName(type.getPackageName() + "." + simpleName);
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  /** The names of a class: those it lists, or its own; none if it has no {@code from}. */
  private List<String> answers(Class<?> found) {
    try {
      if (!type.isAssignableFrom(found)
          || !Modifier.isStatic(found.getMethod("from", arguments).getModifiers())) {
        return List.of();
      }
    } catch (NoSuchMethodException e) {
      return List.of();
    }
    try {
      Object names = found.getMethod("names").invoke(null);
      return ((List<?>) names).stream().map(String::valueOf).toList();
    } catch (NoSuchMethodException e) {
      return List.of(kebab(found.getSimpleName()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(found + ".names(): " + e, e);
    }
  }

  private static String kebab(String className) {
    return className.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** All names there are, sorted. */
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    String folder = type.getPackageName().replace('.', '/');
    try {
      URI code = type.getProtectionDomain().getCodeSource().getLocation().toURI();
      Path root = Path.of(code);
      if (Files.isDirectory(root)) {
        collect(root.resolve(folder), names);
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(root, Map.of())) {
          collect(jar.getPath("/" + folder), names);
        }
      }
    } catch (IOException | URISyntaxException | RuntimeException e) {
      names.clear(); // the list only helps a message
    }
    return List.copyOf(names);
  }

  private void collect(Path folder, Set<String> names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".class") && !name.contains("$") && !name.contains("-")) {
          String simple = name.substring(0, name.length() - ".class".length());
          Class<?> found = load(simple);
          for (String answer : found == null ? List.<String>of() : answers(found)) {
            if (answer.endsWith(suffix)) {
              names.add(answer.substring(0, answer.length() - suffix.length()));
            }
          }
        }
      }
    }
  }

  private static String className(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("-", -1)) {
      if (!word.isEmpty()) {
        camel.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
      }
    }
    return camel.toString();
  }
}

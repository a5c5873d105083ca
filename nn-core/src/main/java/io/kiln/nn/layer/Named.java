package io.kiln.nn.layer;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
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
import java.util.stream.Stream;

/**
 * Finds classes by the names of a configuration: {@code batch-norm} is the class {@code BatchNorm}
 * beside a given type, with a static method {@code from}. So a new layer needs no registration.
 *
 * @param <T> what the classes are
 */
public final class Named<T> {
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
      if (!name.matches("[a-z][a-z0-9-]*")) {
        throw new ClassNotFoundException(name);
      }
      Class<?> found = Class.forName(type.getPackageName() + "." + className(name + suffix));
      if (!type.isAssignableFrom(found)) {
        throw new ClassNotFoundException(name);
      }
      Method from = found.getMethod("from", arguments);
      return type.cast(from.invoke(null, values));
    } catch (ClassNotFoundException | NoSuchMethodException | NoClassDefFoundError e) {
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
          String hyphened =
              simple.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
          if (hyphened.endsWith(suffix) && hasFrom(type.getPackageName() + "." + simple)) {
            names.add(hyphened.substring(0, hyphened.length() - suffix.length()));
          }
        }
      }
    }
  }

  private boolean hasFrom(String className) {
    try {
      Class<?> found = Class.forName(className, false, type.getClassLoader());
      return type.isAssignableFrom(found)
          && Modifier.isStatic(found.getMethod("from", arguments).getModifiers());
    } catch (ClassNotFoundException | NoSuchMethodException | LinkageError e) {
      return false;
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

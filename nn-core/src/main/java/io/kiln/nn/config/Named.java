package io.kiln.nn.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Classes by the names of a configuration, from written lists: each jar may have a file {@code
 * META-INF/kiln/layer.names} (loss, optimizer, schedule, model likewise) with a line a name:
 *
 * <pre>batch-norm = io.kiln.nn.layer.BatchNorm</pre>
 *
 * <p>The class has a public static method {@code from} that reads its settings. Only what such a
 * list names is ever loaded, so a configuration cannot ask for any other class. One class may stand
 * for several names and tell them apart by {@code type}.
 *
 * @param <T> what the classes are
 */
public final class Named<T> {
  private static final String FOLDER = "META-INF/kiln/";

  /** The names that a class loader sees. */
  private record Known(WeakReference<ClassLoader> loader, Map<String, String> classes) {}

  private final Class<T> type;
  private final String what;
  private final Class<?>[] arguments;
  private volatile @Nullable Known known;

  /**
   * Names of a kind of class.
   *
   * @param type what all of them are
   * @param what the word for it in messages, and the name of the lists
   * @param arguments parameters of {@code from}
   */
  public Named(Class<T> type, String what, Class<?>... arguments) {
    this.type = type;
    this.what = what;
    this.arguments = arguments.clone();
  }

  /**
   * Calls {@code from} of the class of that name.
   *
   * @throws ConfigException if there is none, naming the nearest
   */
  public T make(String where, String name, Object... values) {
    String className = classes().get(name);
    if (className == null) {
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
    }
    try {
      return type.cast(maker(className).invoke(null, values));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(where + ": " + e.getCause(), e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(where + ": " + className + ".from is not public", e);
    }
  }

  /** The method {@code from} of a class that a list names. */
  private Method maker(String className) {
    try {
      Class<?> found = Class.forName(className, true, loader());
      Method from = found.getMethod("from", arguments);
      if (Modifier.isStatic(from.getModifiers()) && type.isAssignableFrom(from.getReturnType())) {
        return from;
      }
    } catch (ClassNotFoundException | NoSuchMethodException e) {
      // Said below: what is listed is not there.
    }
    StringBuilder parameters = new StringBuilder();
    for (Class<?> argument : arguments) {
      parameters.append(parameters.length() == 0 ? "" : ", ").append(argument.getSimpleName());
    }
    throw new ConfigException(
        FOLDER
            + what
            + ".names: "
            + className
            + " came but a class with a public static "
            + type.getSimpleName()
            + " from("
            + parameters
            + ") is needed; mend the list or the class");
  }

  /** All names there are, sorted. */
  public List<String> names() {
    return List.copyOf(classes().keySet());
  }

  /** The name of a class, the first if it has several; empty if no list has it. */
  public Optional<String> nameOf(Class<?> named) {
    return classes().entrySet().stream()
        .filter(entry -> entry.getValue().equals(named.getName()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Where users' classes are: Spark gives its threads a loader that knows the jars of a job. */
  private ClassLoader loader() {
    ClassLoader own = Named.class.getClassLoader();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    for (ClassLoader each = context; each != null; each = each.getParent()) {
      if (each == own && context != null) {
        return context;
      }
    }
    return own == null ? ClassLoader.getSystemClassLoader() : own;
  }

  private Map<String, String> classes() {
    ClassLoader loader = loader();
    Known before = known;
    if (before != null && before.loader.get() == loader) {
      return before.classes;
    }
    Map<String, String> classes = Collections.unmodifiableMap(read(loader));
    known = new Known(new WeakReference<>(loader), classes);
    return classes;
  }

  private Map<String, String> read(ClassLoader loader) {
    Map<String, String> classes = new TreeMap<>();
    try {
      for (URL list : Collections.list(loader.getResources(FOLDER + what + ".names"))) {
        try (BufferedReader lines =
            new BufferedReader(new InputStreamReader(list.openStream(), StandardCharsets.UTF_8))) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            add(classes, list, line.strip());
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(FOLDER + what + ".names: it cannot be read", e);
    }
    return classes;
  }

  private static void add(Map<String, String> classes, URL list, String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    int equals = line.indexOf('=');
    String name = equals < 0 ? line : line.substring(0, equals).strip();
    if (equals < 0 || !name.matches("[a-z][a-z0-9-]*")) {
      throw new ConfigException(
          list + ": '" + line + "' came but a line is name = class, the name in kebab-case");
    }
    String className = line.substring(equals + 1).strip();
    String before = classes.putIfAbsent(name, className);
    if (before != null && !before.equals(className)) {
      throw new ConfigException(
          list
              + ": '"
              + name
              + "' is "
              + className
              + " but "
              + before
              + " has that name too; give one of them another");
    }
  }
}

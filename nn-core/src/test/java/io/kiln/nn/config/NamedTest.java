package io.kiln.nn.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.optim.Optimizer;
import io.kiln.nn.optim.Schedule;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedTest {
  /** A layer outside Kiln's packages. */
  public record Halve(double by) implements Layer {
    /** Reads {@code by}. */
    public static Halve from(Settings settings) {
      double by = settings.number("by", 2);
      settings.finish();
      return new Halve(by);
    }

    @Override
    public Var forward(Scope scope, Var x) {
      return io.kiln.nn.op.arithmetic.Multiply.of(x, 1 / by);
    }
  }

  @TempDir Path folder;

  private static Named<Layer> layers() {
    return new Named<>(Layer.class, "layer", Settings.class);
  }

  private interface Attempt {
    void run();
  }

  /** Runs with a list of one's own on the class path. */
  private void with(String list, Attempt attempt) throws IOException {
    Path file = folder.resolve("META-INF/kiln/layer.names");
    Files.createDirectories(file.getParent());
    Files.writeString(file, list);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, NamedTest.class.getClassLoader())) {
      thread.setContextClassLoader(loader);
      attempt.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aLayerOfAnotherPackageHasANameOnceAListHasIt() throws IOException {
    with(
        "# mine\n\nhalve = " + Halve.class.getName() + "\n",
        () -> {
          assertThat(layers().names()).contains("halve", "dense");
          assertThat(layers().make("layer.type", "halve", Settings.of("layer", Map.of("by", 4))))
              .isEqualTo(new Halve(4));
          assertThat(layers().nameOf(Halve.class)).contains("halve");
        });
    assertThat(layers().names()).doesNotContain("halve");
  }

  @Test
  void onlyWhatAListNamesIsLoaded() throws IOException {
    assertThatThrownBy(() -> layers().make("layer.type", Halve.class.getName()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is no layer 'io.kiln");
    with(
        "text = java.lang.String\nnowhere = org.example.Nowhere\n",
        () -> {
          for (String name : new String[] {"text", "nowhere"}) {
            assertThatThrownBy(
                    () -> layers().make("layer.type", name, Settings.of("layer", Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a public static Layer from(Settings) is needed");
          }
        });
  }

  @Test
  void oneNameForTwoClassesIsAnError() throws IOException {
    with(
        "dense = " + Halve.class.getName() + "\n",
        () ->
            assertThatThrownBy(() -> layers().names())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'dense' is ")
                .hasMessageContaining("has that name too"));
    with(
        "Halve\n",
        () ->
            assertThatThrownBy(() -> layers().names())
                .hasMessageContaining("a line is name = class"));
  }

  @Test
  void everythingThatReadsSettingsIsInItsList() throws IOException {
    assertListed("layer", Layer.class, Layer.class);
    assertListed("loss", Loss.class, Loss.class);
    assertListed("optimizer", Optimizer.class, Optimizer.class);
    assertListed("schedule", Schedule.class, Schedule.class);
    assertListed("model", Model.class, Models.class);
  }

  /** Classes of a package with a static from that gives what the list is of. */
  private static void assertListed(String what, Class<?> type, Class<?> there) throws IOException {
    TreeSet<String> found =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(there.getPackageName())
                .stream()
                .filter(
                    one ->
                        one.getMethods().stream()
                            .anyMatch(
                                m ->
                                    isMaker(
                                        m.getName(), m.getModifiers(), m.getRawReturnType(), type)))
                .filter(one -> one.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    found.remove(Models.class.getName());
    TreeSet<String> listed = new TreeSet<>();
    try (InputStream in =
        NamedTest.class.getClassLoader().getResourceAsStream("META-INF/kiln/" + what + ".names")) {
      assertThat(in).isNotNull();
      for (String line :
          new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).split("\n", -1)) {
        if (!line.startsWith("#") && line.contains(" = ")) {
          listed.add(line.substring(line.indexOf(" = ") + 3));
        }
      }
    }
    assertThat(listed).as(what).containsExactlyElementsOf(found);
  }

  private static boolean isMaker(
      String name, java.util.Set<JavaModifier> modifiers, JavaClass gives, Class<?> type) {
    return name.equals("from")
        && modifiers.contains(JavaModifier.STATIC)
        && modifiers.contains(JavaModifier.PUBLIC)
        && gives.isAssignableTo(type);
  }
}

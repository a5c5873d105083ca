package io.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.config.Named;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.graph.Graph;
import io.kiln.nn.graph.Node;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the pages of docs/ list is there, and their drawings are those of today. */
class DocumentationTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern NAME = Pattern.compile("`([a-z][a-z0-9-]*)`");

  /** Names in the first column of the tables below a heading. */
  private static List<String> listed(String page, String heading) throws IOException {
    String text = Files.readString(DOCS.resolve(page));
    int from = text.indexOf("\n## " + heading + "\n");
    assertThat(from).as(heading).isNotNegative();
    int end = text.indexOf("\n## ", from + 1);
    List<String> names = new ArrayList<>();
    for (String line : text.substring(from, end < 0 ? text.length() : end).split("\n", -1)) {
      if (line.startsWith("| `")) {
        Matcher name = NAME.matcher(line.substring(0, line.indexOf('|', 1)));
        while (name.find()) {
          names.add(name.group(1));
        }
      }
    }
    return names;
  }

  @Test
  void layersAndLossesOnThePageCanBeNamed() throws IOException {
    assertThat(listed("networks.md", "Layers")).hasSizeGreaterThan(30).isSubsetOf(Layers.names());
    List<String> losses = listed("networks.md", "Losses");
    assertThat(losses).hasSizeGreaterThan(10);
    for (String name : losses) {
      assertThat(Losses.of(Settings.of("loss", Map.of("type", name)))).as(name).isNotNull();
    }
  }

  @Test
  void optimizersAndSchedulesOnThePageCanBeNamed() throws IOException {
    List<String> optimizers = listed("optimizers.md", "Optimizers");
    assertThat(optimizers).hasSizeGreaterThan(14);
    for (String name : optimizers) {
      ParameterUpdate.Rule.from(Settings.of("optimizer", Map.of("type", name)));
    }
    assertThat(listed("optimizers.md", "Schedules"))
        .isSubsetOf(new Named<>(Schedule.class, "schedule", Settings.class).names())
        .hasSizeGreaterThan(8);
  }

  @Test
  void everyFormatOfDataIsOnItsPage() throws IOException {
    String text = Files.readString(DOCS.resolve("data.md"));
    assertThat(DataSources.formats())
        .allSatisfy(format -> assertThat(text).contains("\n## " + format + "\n"));
  }

  @Test
  void drawingsOfTheLessonAreThoseOfItsGraphs() throws IOException {
    Graph formula = new Graph();
    Node a = formula.number("a", 2);
    Node b = formula.number("b", -3);
    Node c = formula.number("c", 10);
    Node d = formula.number("d", 0.5);
    formula.backward(a.times(b).plus(c).over(d.exp()).named("f"));
    assertDrawn("graph-formula.svg", formula);

    Graph reuse = new Graph();
    Node x = reuse.number("x", 3);
    Node square = x.times(x).named("square");
    reuse.backward(square.times(x).plus(square).minus(x.times(2)).named("f"));
    assertDrawn("graph-reuse.svg", reuse);

    Graph neuron = new Graph();
    Node input = neuron.vector("x", 1, -2, 3);
    Node w = neuron.vector("w", 0.5, 0.25, -1);
    Node bias = neuron.number("b", 2);
    neuron.backward(w.times(input).sum().plus(bias).sigmoid().named("y"));
    assertDrawn("graph-neuron.svg", neuron);
  }

  /** The file is what the graph gives; to draw it anew, run with -Dkiln.draw=true. */
  private static void assertDrawn(String name, Graph graph) throws IOException {
    Path file = DOCS.resolve("img").resolve(name);
    if (Boolean.getBoolean("kiln.draw")) {
      Files.writeString(file, graph.svg());
    }
    assertThat(Files.readString(file)).isEqualTo(graph.svg());
  }
}

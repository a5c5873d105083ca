package io.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.data.DataSources;
import io.kiln.nn.graph.Graph;
import io.kiln.nn.graph.Node;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.layer.Losses;
import io.kiln.nn.layer.Named;
import io.kiln.nn.optim.Optimizer;
import io.kiln.nn.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the pages of docs/ list is what there is, and their drawings are those of today. */
class DocumentationTest {
  private static final Path DOCS = Path.of("..", "docs");

  private static void assertNamed(String page, List<String> names) throws IOException {
    String text = Files.readString(DOCS.resolve(page));
    assertThat(names).isNotEmpty().allSatisfy(name -> assertThat(text).contains("`" + name + "`"));
  }

  @Test
  void everyLayerAndLossIsOnItsPage() throws IOException {
    assertNamed("networks.md", Layers.names());
    assertNamed("networks.md", Losses.names());
  }

  @Test
  void everyOptimizerAndScheduleIsOnItsPage() throws IOException {
    List<String> optimizers =
        new Named<>(Optimizer.class, "optimizer", io.kiln.nn.config.Settings.class).names();
    assertNamed(
        "optimizers.md",
        optimizers.stream().map(name -> name.equals("lbfgs-steps") ? "lbfgs" : name).toList());
    assertNamed(
        "optimizers.md",
        new Named<>(Schedule.class, "schedule", "-schedule", io.kiln.nn.config.Settings.class)
            .names());
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

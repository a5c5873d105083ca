package io.kiln.nn;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows between the packages of nn-core, as ARCHITECTURE.md draws them. */
class ArchitectureTest {
  private static final String ROOT = "io.kiln.nn";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /** Package → the packages it may use. Every package may use {@code config}. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("config", Set.of()),
          Map.entry("tensor", Set.of()),
          Map.entry("thread", Set.of()),
          Map.entry("kernel", Set.of("tensor")),
          Map.entry("io", Set.of("tensor")),
          Map.entry("metric", Set.of("tensor")),
          Map.entry("collective", Set.of("tensor", "thread")),
          Map.entry("data", Set.of("tensor", "kernel", "io")),
          Map.entry("conv", Set.of("tensor", "kernel")),
          Map.entry("autograd", Set.of("tensor", "kernel")),
          Map.entry("op", Set.of("tensor", "kernel", "conv", "autograd")),
          // Of data, a network knows the SampleSpec of what it is fed.
          Map.entry("layer", Set.of("tensor", "kernel", "autograd", "op", "data")),
          // Of layer, a loss knows the network whose outputs it checks.
          Map.entry("loss", Set.of("tensor", "kernel", "autograd", "op", "layer", "data")),
          // Of layer, the optimizer knows the names that weight decay groups go by.
          Map.entry("optim", Set.of("tensor", "thread", "kernel", "autograd", "layer")),
          // Of metric, a captioner knows the BLEU by which candidates resemble each other.
          Map.entry(
              "zoo", Set.of("tensor", "kernel", "autograd", "op", "layer", "metric", "data", "io")),
          Map.entry("model", Set.of("tensor", "autograd", "layer", "loss", "data", "io", "zoo")),
          Map.entry(
              "train",
              Set.of(
                  "tensor",
                  "thread",
                  "kernel",
                  "autograd",
                  "op",
                  "layer",
                  "loss",
                  "optim",
                  "metric",
                  "data",
                  "io",
                  "collective",
                  "zoo")),
          Map.entry(
              "style",
              Set.of(
                  "tensor", "kernel", "autograd", "op", "layer", "loss", "optim", "data", "zoo")),
          Map.entry("draw", Set.of("tensor", "autograd", "layer", "data")),
          Map.entry("graph", Set.of("tensor", "kernel", "autograd", "op", "draw")),
          Map.entry(
              "check",
              Set.of("tensor", "kernel", "autograd", "op", "layer", "loss", "zoo", "data")),
          Map.entry(
              "bench",
              Set.of(
                  "tensor",
                  "kernel",
                  "autograd",
                  "op",
                  "layer",
                  "loss",
                  "optim",
                  "data",
                  "collective",
                  "train",
                  "zoo")));

  @Test
  void everyPackageHasARowInTheTable() {
    assertThat(packages()).isSubsetOf(ARROWS.keySet());
  }

  @Test
  void packagesUseOnlyWhatTheTableAllows() {
    for (String name : packages()) {
      Set<String> forbidden = new TreeSet<>(ARROWS.keySet());
      forbidden.removeAll(ARROWS.getOrDefault(name, Set.of()));
      forbidden.remove("config");
      forbidden.remove(name);
      noClasses()
          .that()
          .resideInAPackage(ROOT + "." + name + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              forbidden.stream().map(other -> ROOT + "." + other + "..").toArray(String[]::new))
          .check(CLASSES);
    }
  }

  /** The few words for programs stand above all and are used by nothing below. */
  @Test
  void nothingUsesTheFacade() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void groupsOfOpsHaveNoCycles() {
    slices().matching(ROOT + ".op.(*)..").should().beFreeOfCycles().check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".op.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".op")
        .check(CLASSES);
  }

  /** The machine and the families stand below the rooms, which do not know each other. */
  @Test
  void roomsOfLoopsStandUponTheKernel() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".kernel")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".kernel.plain", ROOT + ".kernel.vector")
        .check(CLASSES);
    slices().matching(ROOT + ".kernel.(*)").should().notDependOnEachOther().check(CLASSES);
  }

  @Test
  void nothingKnowsOfSparkOrHadoop() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..", "org.apache.hadoop..", "scala..", "io.kiln.spark..")
        .check(CLASSES);
  }

  @Test
  void onlyTheKernelTouchesABlas() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".kernel..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.ludovic.netlib..", "org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void nothingIsReadByJavaSerialisation() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectOutputStream")
        .check(CLASSES);
  }

  @Test
  void nothingButExceptionsAndEnumsIsMadeForJavaSerialisation() {
    noClasses()
        .that()
        .areNotAssignableTo(Throwable.class)
        .and()
        .areNotEnums()
        .should()
        .beAssignableTo(Serializable.class)
        .check(CLASSES);
  }

  private static Set<String> packages() {
    return CLASSES.stream()
        .map(JavaClass::getPackageName)
        .filter(name -> name.startsWith(ROOT + "."))
        .map(name -> name.substring(ROOT.length() + 1).split("\\.", 2)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

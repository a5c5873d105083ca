package io.kiln.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What the packages of spark-jobs may use of each other. */
class ArchitectureTest {
  private static final String ROOT = "io.kiln.spark";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void nothingButMainUsesTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .and()
        .doNotHaveFullyQualifiedName(Commands.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(Main.class.getName())
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".cli..")
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineKnowsPicocli() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .and()
        .doNotHaveFullyQualifiedName(Commands.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(Main.class.getName())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CLASSES);
  }

  @Test
  void configurationKnowsNothingOfSpark() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".config..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache..", "scala..")
        .check(CLASSES);
  }

  /** What writes or reads digits and letters as the user's country does: {@code ۱} for 1. */
  private static final DescribedPredicate<JavaAccess<?>> THE_USERS_LOCALE =
      DescribedPredicate.describe(
          "that goes by the user's locale; give Locale.ROOT",
          access -> {
            if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
              return false;
            }
            List<String> parameters =
                target.getRawParameterTypes().stream().map(JavaClass::getName).toList();
            boolean told = parameters.contains(Locale.class.getName());
            return switch (target.getOwner().getName()) {
              case "java.lang.String" ->
                  !told
                      && List.of("format", "formatted", "toLowerCase", "toUpperCase")
                          .contains(target.getName());
              case "java.io.PrintStream", "java.io.PrintWriter", "java.io.Console" ->
                  !told && List.of("format", "printf").contains(target.getName());
              case "java.util.Formatter",
                  "java.util.Scanner",
                  "java.text.DecimalFormat",
                  "java.text.MessageFormat",
                  "java.text.SimpleDateFormat" ->
                  !told && target.getName().equals("<init>");
              case "java.text.NumberFormat", "java.text.DateFormat" ->
                  !told
                      && target.getName().startsWith("get")
                      && target.getName().endsWith("Instance");
              case "java.time.format.DateTimeFormatter" ->
                  !told && target.getName().startsWith("of");
              default -> false;
            };
          });

  @Test
  void nothingGoesByTheUsersLocale() {
    noClasses()
        .should()
        .accessTargetWhere(THE_USERS_LOCALE)
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.kiln"));
  }

  @Test
  void shardsKnowNothingOfGangsRunsOrReports() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".shards..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".cluster..",
            ROOT + ".train..",
            ROOT + ".sweep..",
            ROOT + ".report..",
            ROOT + ".config..",
            ROOT + ".job..",
            ROOT + ".cli..")
        .check(CLASSES);
  }

  @Test
  void aFitKnowsNoRunFolderAndPrintsNothing() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".fit..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".train..", ROOT + ".sweep..", ROOT + ".job..", ROOT + ".cli..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("Progress")
        .check(CLASSES);
  }

  @Test
  void scoringKnowsNothingOfFitsRunsOrCommands() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".score..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".fit..", ROOT + ".train..", ROOT + ".sweep..", ROOT + ".job..", ROOT + ".cli..")
        .check(CLASSES);
  }

  @Test
  void bytesAreNeverReadByJavaSerialisation() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .check(CLASSES);
  }
}

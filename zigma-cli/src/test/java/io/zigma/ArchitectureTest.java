package io.zigma;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the house's arrows: which package may import which, from the ground floor up. */
class ArchitectureTest {

    private static final String ROOT = "io.zigma.";

    /** What each package of zigma-core may import of ours; there is no package beside these. */
    private static final Map<String, Set<String>> MAY_IMPORT =
            Map.ofEntries(
                    entry("scan", Set.of()),
                    entry("interpolant", Set.of()),
                    entry("op.cpu", Set.of()),
                    entry("op", Set.of("op.cpu", "scan")),
                    entry("nn", Set.of("op", "scan")),
                    entry("model", Set.of("nn", "op", "scan")),
                    // nn for the types that the model's configuration is made of
                    entry("checkpoint", Set.of("model", "nn", "scan", "interpolant")),
                    entry("sampler", Set.of("interpolant")),
                    entry(
                            "pipeline",
                            Set.of(
                                    "scan",
                                    "interpolant",
                                    "op",
                                    "nn",
                                    "model",
                                    "checkpoint",
                                    "sampler")),
                    // model for the backbone that a predictor hands over
                    entry("zoo", Set.of("pipeline", "checkpoint", "model")));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("io.zigma");

    static Stream<String> corePackages() {
        return MAY_IMPORT.keySet().stream().sorted();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corePackages")
    void aCorePackageImportsOnlyWhatItMay(String name) {
        Set<String> allowed = new TreeSet<>(MAY_IMPORT.get(name));
        allowed.add(name);
        String[] packages = allowed.stream().map(ROOT::concat).toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..").and(not(resideInAnyPackage(packages))))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyPackageHasItsPlaceInTheHouse() {
        Set<String> known =
                MAY_IMPORT.keySet().stream().map(ROOT::concat).collect(Collectors.toSet());
        Set<String> strangers =
                CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> !known.contains(name))
                        .filter(name -> !name.startsWith(ROOT + "train"))
                        .filter(name -> !name.startsWith(ROOT + "cli"))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(strangers).as("packages that no rule speaks of").isEmpty();
    }

    @Test
    void trainingKnowsNothingOfTheCommandLine() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.train..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.zigma.cli.."))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void metricsKnowNothingButNumbers() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.train.metric")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.train.metric",
                                                        "io.zigma.checkpoint")))
                                .or(resideInAPackage("ai.djl..")))
                .check(CLASSES);
    }

    @Test
    void judgesKnowNeitherTheModelTheyJudgeNorItsTraining() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.train.judge")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.train.judge",
                                                        "io.zigma.train.metric",
                                                        "io.zigma.checkpoint",
                                                        "io.zigma.nn",
                                                        "io.zigma.op"))))
                .check(CLASSES);
    }

    @Test
    void evaluationSeesPicturesAndNeverTheModel() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.train.evaluate")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.train.evaluate",
                                                        "io.zigma.train.judge",
                                                        "io.zigma.train.metric",
                                                        "io.zigma.train.data",
                                                        "io.zigma.pipeline",
                                                        "io.zigma.checkpoint",
                                                        "io.zigma.sampler",
                                                        "io.zigma.interpolant"))))
                .check(CLASSES);
    }

    @Test
    void theBenchImportsTheBackboneAndTheOptimiserAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.train.bench")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.train.bench",
                                                        "io.zigma.train.optim",
                                                        "io.zigma.model",
                                                        "io.zigma.nn",
                                                        "io.zigma.op",
                                                        "io.zigma.scan"))))
                .check(CLASSES);
    }

    @Test
    void scanPathsArePureJava() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.scan")
                .should()
                .dependOnClassesThat(resideInAPackage("ai.djl.."))
                .check(CLASSES);
    }

    @Test
    void thereIsSomethingToCheck() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                .contains("io.zigma.scan", "io.zigma.model", "io.zigma.cli");
    }
}

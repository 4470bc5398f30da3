package io.zigma;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Path;
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
                    entry("base", Set.of()),
                    entry("engine", Set.of()),
                    entry("io", Set.of("base", "engine")),
                    entry("scan", Set.of("base")),
                    entry("diffusion", Set.of("base", "io")),
                    entry("condition", Set.of("base", "io")),
                    entry("media", Set.of("base", "io")),
                    entry("op.cpu", Set.of()),
                    entry("op.cuda", Set.of("base", "io", "scan")),
                    entry("op", Set.of("base", "op.cpu", "op.cuda", "scan")),
                    entry("nn", Set.of("op", "scan")),
                    entry("mixer", Set.of("base", "nn", "op", "scan")),
                    entry("backbone", Set.of("base", "io", "condition", "nn", "op", "scan")),
                    entry(
                            "backbone.zigma",
                            Set.of(
                                    "backbone",
                                    "base",
                                    "io",
                                    "condition",
                                    "mixer",
                                    "nn",
                                    "op",
                                    "scan")),
                    entry(
                            "backbone.dit",
                            Set.of("backbone", "base", "io", "condition", "nn", "op", "scan")),
                    entry(
                            "backbone.adm",
                            Set.of("backbone", "base", "io", "condition", "nn", "op", "scan")),
                    entry(
                            "backbone.uvit",
                            Set.of("backbone", "base", "io", "condition", "nn", "op", "scan")),
                    entry("text", Set.of("base", "io", "engine", "condition", "nn", "op")),
                    // an artifact of its own; what it brings along only programs with prompts need
                    entry("text.minilm", Set.of("io", "text")),
                    entry("sampler", Set.of("base", "diffusion", "op")),
                    entry("codec", Set.of("base", "io", "nn", "op")),
                    // the registry of backbones names each of them, once
                    entry(
                            "checkpoint",
                            Set.of(
                                    "base",
                                    "io",
                                    "condition",
                                    "backbone",
                                    "backbone.zigma",
                                    "backbone.dit",
                                    "backbone.uvit",
                                    "backbone.adm",
                                    "codec",
                                    "text",
                                    "diffusion",
                                    "sampler")),
                    entry(
                            "convert",
                            Set.of(
                                    "base",
                                    "io",
                                    "engine",
                                    "condition",
                                    "backbone",
                                    "nn",
                                    "codec",
                                    "backbone.adm",
                                    "diffusion",
                                    "checkpoint")),
                    entry(
                            "pipeline",
                            Set.of(
                                    "base",
                                    "engine",
                                    "io",
                                    "media",
                                    "condition",
                                    "scan",
                                    "diffusion",
                                    "op",
                                    "nn",
                                    "backbone",
                                    "codec",
                                    "text",
                                    "checkpoint",
                                    "sampler")),
                    entry(
                            "zoo",
                            Set.of(
                                    "base",
                                    "engine",
                                    "io",
                                    "media",
                                    "condition",
                                    "text",
                                    "codec",
                                    "pipeline",
                                    "checkpoint",
                                    "backbone")));

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
    void everyPackageIsInARule() {
        Set<String> known =
                MAY_IMPORT.keySet().stream().map(ROOT::concat).collect(Collectors.toSet());
        Set<String> strangers =
                CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> !known.contains(name))
                        .filter(name -> !name.startsWith(ROOT + "train"))
                        .filter(name -> !name.startsWith(ROOT + "eval"))
                        .filter(name -> !name.startsWith(ROOT + "bench"))
                        .filter(name -> !name.startsWith(ROOT + "jmh"))
                        .filter(name -> !name.startsWith(ROOT + "emoji"))
                        .filter(name -> !name.startsWith(ROOT + "server"))
                        .filter(name -> !name.startsWith(ROOT + "cli"))
                        .filter(name -> !name.startsWith(ROOT + "spark"))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(strangers).as("packages that no rule speaks of").isEmpty();
    }

    @Test
    void noPackagesDependOnEachOtherInACircle() {
        slices().matching("io.zigma.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /**
     * The bytecode does not say where a constant came from, so this reads the imports themselves.
     */
    @Test
    void noImportsOfPackagesGoInACircle() throws IOException {
        assertThat(PackageImports.ofSources(Path.of("..")).inCircles()).isEmpty();
    }

    /** What each room of training may import of training's others. */
    private static final Map<String, Set<String>> TRAINING_MAY_IMPORT =
            Map.of(
                    "data", Set.of(),
                    "optim", Set.of(),
                    "run", Set.of(),
                    "encode", Set.of("data", "run"),
                    "autoencoder", Set.of("card", "data", "listen", "loop", "optim"),
                    "config", Set.of("data", "optim"),
                    "memory", Set.of("config"),
                    "listen", Set.of("config", "run"),
                    "card", Set.of("config", "data", "optim", "run"),
                    "loop", Set.of("config", "data", "optim", "run", "listen", "card"));

    static Stream<String> trainingRooms() {
        return TRAINING_MAY_IMPORT.keySet().stream().sorted();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trainingRooms")
    void aRoomOfTrainingImportsOnlyWhatItMay(String name) {
        String training = ROOT + "train";
        Set<String> allowed = new TreeSet<>(TRAINING_MAY_IMPORT.get(name));
        allowed.add(name);
        String[] packages =
                allowed.stream().map(room -> training + "." + room).toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(training + "." + name)
                .should()
                .dependOnClassesThat(
                        resideInAPackage(training + "..").and(not(resideInAnyPackage(packages))))
                .check(CLASSES);
    }

    @Test
    void theServerKnowsNeitherTrainingNorTheCommandLine() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.server..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "io.zigma.train..",
                                "io.zigma.eval..",
                                "io.zigma.bench..",
                                "io.zigma.emoji..",
                                "io.zigma.cli.."))
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.zigma.server.job")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "io.zigma.server.http",
                                "io.zigma.server.api",
                                "org.eclipse.jetty.."))
                .check(CLASSES);
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
                .resideInAPackage("io.zigma.eval.metric")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.eval.metric",
                                                        "io.zigma.eval.npz",
                                                        "io.zigma.base")))
                                .or(resideInAPackage("ai.djl..")))
                .check(CLASSES);
    }

    @Test
    void featureNetworksKnowNeitherAModelNorItsTraining() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.eval.feature")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.eval.feature",
                                                        "io.zigma.eval.metric",
                                                        "io.zigma.base",
                                                        "io.zigma.io",
                                                        "io.zigma.media",
                                                        "io.zigma.checkpoint",
                                                        "io.zigma.convert",
                                                        "io.zigma.engine",
                                                        "io.zigma.nn",
                                                        "io.zigma.op"))))
                .check(CLASSES);
    }

    @Test
    void evaluationSeesPicturesAndNeverTheModel() {
        noClasses()
                .that()
                .resideInAnyPackage("io.zigma.eval", "io.zigma.eval.report", "io.zigma.eval.npz")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.eval",
                                                        "io.zigma.eval.feature",
                                                        "io.zigma.eval.metric",
                                                        "io.zigma.eval.npz",
                                                        "io.zigma.eval.report",
                                                        "io.zigma.train.data",
                                                        "io.zigma.base",
                                                        "io.zigma.engine",
                                                        "io.zigma.condition",
                                                        "io.zigma.media",
                                                        "io.zigma.io"))))
                .check(CLASSES);
    }

    @Test
    void theBenchImportsTheBackboneAndTheOptimiserAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.bench")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.bench",
                                                        "io.zigma.train.optim",
                                                        "io.zigma.base",
                                                        "io.zigma.condition",
                                                        "io.zigma.backbone",
                                                        "io.zigma.engine",
                                                        "io.zigma.nn",
                                                        "io.zigma.op",
                                                        "io.zigma.scan"))))
                .check(CLASSES);
    }

    @Test
    void emojiAreDrawnWithoutModels() {
        noClasses()
                .that()
                .resideInAPackage("io.zigma.emoji")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.zigma..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "io.zigma.emoji",
                                                        "io.zigma.base",
                                                        "io.zigma.io",
                                                        "io.zigma.media")))
                                .or(resideInAPackage("ai.djl..")))
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

    /**
     * ErrorProne's DefaultLocale sees a sentence that stands where it is filled in; one that is
     * handed on with its parts is seen here.
     */
    @Test
    void noSentenceThatIsHandedOnIsWrittenInTheDefaultLocale() {
        ArchCondition<JavaCodeUnit> fillIn =
                new ArchCondition<>("be filled in without a locale") {
                    @Override
                    public void check(JavaCodeUnit unit, ConditionEvents events) {
                        for (JavaMethodCall call : unit.getMethodCallsFromSelf()) {
                            MethodCallTarget target = call.getTarget();
                            boolean inDefaultLocale =
                                    target.getOwner().isEquivalentTo(String.class)
                                            && (target.getName().equals("formatted")
                                                    || target.getName().equals("format")
                                                            && target.getRawParameterTypes().size()
                                                                    == 2);
                            events.add(
                                    new SimpleConditionEvent(
                                            unit, inDefaultLocale, call.getDescription()));
                        }
                    }
                };
        DescribedPredicate<JavaCodeUnit> takePartsOfOne =
                describe(
                        "take the parts of a sentence",
                        unit ->
                                unit.getRawParameterTypes().stream()
                                        .anyMatch(type -> type.isEquivalentTo(Object[].class)));

        assertThat(
                        CLASSES.stream()
                                .flatMap(type -> type.getCodeUnits().stream())
                                .filter(takePartsOfOne))
                .hasSizeGreaterThan(5);
        noCodeUnits().that(takePartsOfOne).should(fillIn).check(CLASSES);
    }

    @Test
    void thereIsSomethingToCheck() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                .contains("io.zigma.scan", "io.zigma.backbone.zigma", "io.zigma.cli");
    }
}

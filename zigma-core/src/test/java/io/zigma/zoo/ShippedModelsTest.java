package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Application;
import ai.djl.Device;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ModelZoo;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.ServingProperties;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.ImageGenerator;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The models that are artifacts of their own, as DJL's model zoo has them. */
class ShippedModelsTest {

    private static final Path ROOT = Path.of(System.getProperty("zigma.root"));
    private static final Path MODELS = ROOT.resolve("models");
    private static final Path MODULES = ROOT.resolve("zigma-models");

    private static final GenerationRequest REQUEST =
            GenerationRequest.of("sneaker").withCount(2).withSeed(7).withSteps(2);

    @TempDir Path folder;

    /** The steps of CONTRIBUTING's "Ship a model", one after the other. */
    static Stream<String> modules() throws IOException {
        TreeSet<String> modules = new TreeSet<>(List.of("fashion"));
        try (Stream<Path> files = Files.list(MODULES)) {
            files.filter(file -> Files.isRegularFile(file.resolve("pom.xml")))
                    .forEach(file -> modules.add(String.valueOf(file.getFileName())));
        }
        Matcher listed =
                Pattern.compile("<module>(.*?)</module>")
                        .matcher(Files.readString(MODULES.resolve("pom.xml")));
        while (listed.find()) {
            modules.add(listed.group(1));
        }
        return modules.stream();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void everyStepOfShippingAModelWasTaken(String name) throws IOException {
        assertThat(name).matches("[a-z0-9][a-z0-9-]*");
        assertThat(CheckpointFolder.isIn(MODELS.resolve(name))).as("models/" + name).isTrue();
        assertThat(MODELS.resolve(name).resolve(CheckpointFolder.CARD)).exists();
        assertThat(MODELS.resolve(name).resolve(ServingProperties.NAME))
                .hasContent(ServingProperties.text());
        String artifact = "<artifactId>zigma-model-%s</artifactId>".formatted(name);
        assertThat(Files.readString(MODULES.resolve(name).resolve("pom.xml")))
                .contains(
                        artifact,
                        "<zigma.model>%s</zigma.model>".formatted(name),
                        "<module.name>io.zigma.model.%s</module.name>"
                                .formatted(name.replace('-', '.')));
        assertThat(Files.readString(MODULES.resolve("pom.xml")))
                .contains("<module>%s</module>".formatted(name));
        assertThat(Files.readString(ROOT.resolve("pom.xml"))).contains(artifact);
        assertThat(Files.readString(ROOT.resolve("zigma-core/pom.xml"))).contains(artifact);
        assertThat(ShippedModels.byName().keySet()).contains(name);
    }

    @Test
    void theLibraryItselfBringsNoModel() throws IOException {
        String pom = Files.readString(ROOT.resolve("zigma-core/pom.xml"));
        Matcher models =
                Pattern.compile("<artifactId>zigma-model.*?</dependency>", Pattern.DOTALL)
                        .matcher(pom);
        assertThat(models.results().map(result -> result.group()))
                .isNotEmpty()
                .allMatch(dependency -> dependency.contains("<scope>test</scope>"));
    }

    @Test
    void aJudgeIsNoModelThatGenerates() {
        assertThat(ShippedModels.byName().keySet()).doesNotContain("fashion-classifier");
    }

    /** How two models came into one class loader. */
    private enum Packed {
        /** As Maven packs each: two jars side by side. */
        TWO_JARS,
        /** A fat jar that has one of two files of the same name. */
        ONE_INDEX_LOST,
        /** A fat jar whose index files were joined, without entries for its folders. */
        NO_FOLDERS,
        /** Not packed at all: two folders of classes. */
        FOLDERS
    }

    @ParameterizedTest
    @EnumSource
    void everyModelOnTheClassPathIsListedAndLoads(Packed packed) throws Exception {
        CheckpointFolder one = TinyCheckpoints.write(made("one"), 1);
        CheckpointFolder two = TinyCheckpoints.write(made("two"), 2);
        List<Path> places = new ArrayList<>();
        switch (packed) {
            case TWO_JARS -> {
                places.add(jar("one.jar", artifact("one", one), true));
                places.add(jar("two.jar", artifact("two", two), true));
            }
            case ONE_INDEX_LOST -> {
                Map<String, byte[]> all = artifact("one", one);
                all.putAll(artifact("two", two));
                places.add(jar("fat.jar", all, true));
            }
            case NO_FOLDERS -> {
                Map<String, byte[]> all = artifact("one", one);
                all.putAll(artifact("two", two));
                all.put("META-INF/zigma/models.txt", "one\ntwo\n".getBytes(StandardCharsets.UTF_8));
                places.add(jar("fat.jar", all, false));
            }
            case FOLDERS -> {
                places.add(unpacked("classes-one", artifact("one", one)));
                places.add(unpacked("classes-two", artifact("two", two)));
            }
        }
        URL[] urls = new URL[places.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = places.get(i).toUri().toURL();
        }
        try (URLClassLoader loader =
                new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Map<String, CheckpointSource> models = ShippedModels.in(loader);
            assertThat(models.keySet()).containsExactly("one", "two");
            assertThat(CheckpointFolder.open(models.get("one").folder()).weightsHash())
                    .isEqualTo(one.weightsHash());
            assertThat(CheckpointFolder.open(models.get("two").folder()).weightsHash())
                    .isEqualTo(two.weightsHash());
        }
    }

    @Test
    void whereThereIsNoModelThereIsNone() throws IOException {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[0], ClassLoader.getPlatformClassLoader())) {
            assertThat(ShippedModels.in(loader)).isEmpty();
        }
    }

    @Test
    void anIndexCannotNameWhatLiesElsewhere() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(
                "META-INF/zigma/models.txt",
                "../evil\nevil/../x\n\nnone\n".getBytes(StandardCharsets.UTF_8));
        Path jar = jar("odd.jar", entries, true);
        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            assertThat(ShippedModels.in(loader)).isEmpty();
        }
    }

    @Test
    void djlListsThemAsImageGenerators() throws IOException {
        List<MRL> models = ModelZoo.listModels().get(Application.CV.IMAGE_GENERATION);

        assertThat(models)
                .filteredOn(model -> model.getGroupId().equals(ShippedModelZoo.GROUP_ID))
                .extracting(MRL::getArtifactId)
                .containsExactlyInAnyOrderElementsOf(ShippedModels.byName().keySet());
    }

    @Test
    void theArtifactIdFindsOneAndItsPicturesAreThoseOfTheFolder() throws Exception {
        assertThat(Pictures.of(Pictures.criteria().optArtifactId("fashion").build(), REQUEST))
                .isEqualTo(direct());
    }

    @Test
    void aFilterFindsOne() throws Exception {
        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria()
                        .optApplication(Application.CV.IMAGE_GENERATION)
                        .optFilter("dataset", "fashion-mnist")
                        .optFilter("size", "28x28")
                        .build();
        assertThat(Pictures.of(criteria, REQUEST)).isEqualTo(direct());
    }

    @Test
    void aFilterThatNoModelFitsFindsNone() {
        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria()
                        .optGroupId(ShippedModelZoo.GROUP_ID)
                        .optFilter("size", "1024x1024")
                        .build();
        assertThatThrownBy(criteria::loadModel).isInstanceOf(ModelNotFoundException.class);
    }

    private static List<Integer> direct() throws IOException {
        CheckpointFolder fashion = CheckpointFolder.open(MODELS.resolve("fashion"));
        try (ImageGenerator generator = ImageGenerator.load(fashion, Device.cpu())) {
            return Pictures.of(generator.generate(REQUEST));
        }
    }

    private Path made(String name) throws IOException {
        return Files.createDirectories(folder.resolve("made").resolve(name));
    }

    /** What an artifact holds, as zigma-models/pom.xml packs it. */
    private static Map<String, byte[]> artifact(String name, CheckpointFolder checkpoint)
            throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        String index = Files.readString(MODULES.resolve("index/META-INF/zigma/models.txt"));
        entries.put(
                "META-INF/zigma/models.txt",
                index.replace("${zigma.model}", name).getBytes(StandardCharsets.UTF_8));
        try (Stream<Path> files = Files.list(checkpoint.path())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                entries.put(
                        "io/zigma/models/" + name + "/" + file.getFileName(),
                        Files.readAllBytes(file));
            }
        }
        return entries;
    }

    private Path jar(String name, Map<String, byte[]> entries, boolean folders) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            TreeSet<String> above = new TreeSet<>();
            for (String entry : entries.keySet()) {
                for (int at = entry.indexOf('/'); at > 0; at = entry.indexOf('/', at + 1)) {
                    above.add(entry.substring(0, at + 1));
                }
            }
            for (String entry : folders ? above : new TreeSet<String>()) {
                zip.putNextEntry(new ZipEntry(entry));
            }
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return jar;
    }

    private Path unpacked(String name, Map<String, byte[]> entries) throws IOException {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            Path file = folder.resolve(name).resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
        return folder.resolve(name);
    }
}

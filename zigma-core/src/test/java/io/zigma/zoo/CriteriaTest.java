package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.nn.core.Linear;
import ai.djl.repository.LocalRepository;
import ai.djl.repository.Repository;
import ai.djl.repository.SimpleRepository;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.util.ProgressBar;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.ImageGenerator;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any checkpoint loads through {@code Criteria} with nothing said beside the types. */
class CriteriaTest {

    private static final GenerationRequest REQUEST =
            GenerationRequest.of("square").withCount(2).withSeed(3).withSteps(3);

    @TempDir Path folder;
    private CheckpointFolder checkpoint;

    @BeforeEach
    void writeACheckpoint() throws IOException {
        checkpoint = TinyCheckpoints.write(Files.createDirectories(folder.resolve("tiny")), 4);
    }

    @Test
    void aFolderLoadsByItsPath() throws Exception {
        assertThat(byPath(checkpoint.path())).isEqualTo(direct());
    }

    @Test
    void aFolderLoadsByItsUrl() throws Exception {
        String url = checkpoint.path().toUri().toURL().toString();
        assertThat(Pictures.of(Pictures.criteria().optModelUrls(url).build(), REQUEST))
                .isEqualTo(direct());
    }

    @Test
    void aFolderThatHoldsNothingButACheckpointLoads() throws Exception {
        assertThat(byPath(folder)).isEqualTo(direct());
    }

    @Test
    void aZipFileLoads() throws Exception {
        Path zip = Packing.zip(checkpoint, folder.resolve("tiny.zip"), "");
        assertThat(byPath(zip)).isEqualTo(direct());
    }

    @Test
    void aJarFileLoadsWithTheCheckpointInAnyOfItsFolders() throws Exception {
        Path jar = Packing.zip(checkpoint, folder.resolve("app.jar"), "some/where/tiny/");
        assertThat(byPath(jar)).isEqualTo(direct());
    }

    /** What people call their folders, where the file system lets them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "f o",
                "50% off",
                "100%25",
                "x[1]",
                "a|b",
                "a#b",
                "a&b=c",
                "a+b",
                "a;b",
                "{x}",
                "it's \"it\"",
                "<x>",
                "^a`b~",
                "what?",
                "猫 é",
                ".hidden",
                "v1.2.3"
            })
    void aFolderOfAnyNameLoadsAndSoDoesAnArchiveOfItOrWithItInIt(String name) throws Exception {
        Path named;
        try {
            named = Files.createDirectories(folder.resolve("any").resolve(name));
        } catch (java.nio.file.InvalidPathException | IOException e) {
            org.junit.jupiter.api.Assumptions.abort("this file system has no such names");
            return;
        }
        checkpoint = TinyCheckpoints.write(named, 4);
        List<Integer> expected = direct();
        assertThat(byPath(named)).as("by path").isEqualTo(expected);
        assertThat(
                        Pictures.of(
                                Pictures.criteria()
                                        .optModelUrls(named.toUri().toString())
                                        .optArtifactId(name)
                                        .build(),
                                REQUEST))
                .as("by URL and its own name")
                .isEqualTo(expected);
        Path inside = Packing.zip(checkpoint, folder.resolve("inside.zip"), name + "/");
        assertThat(byPath(inside)).as("as an archive's top folder").isEqualTo(expected);
        Path zip = Packing.zip(checkpoint, folder.resolve("any").resolve(name + ".zip"), "");
        assertThat(byPath(zip)).as("as an archive's name").isEqualTo(expected);
    }

    @Test
    void aResourceThatOnlyThisLibrarysLoaderSeesIsFound() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
            assertThatThrownBy(() -> Repository.newInstance("gone", "jar:///no/such/thing.zip"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(byPath(checkpoint.path())).isNotEmpty();
            assertThat(thread.getContextClassLoader())
                    .isSameAs(ClassLoader.getPlatformClassLoader());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../", "a/../", "./", "c:/", "..\\x/"})
    void anArchiveCannotSayWhereItIsUnpacked(String prefix) throws Exception {
        Path zip = Packing.zip(checkpoint, folder.resolve("app.zip"), prefix);
        assertThatThrownBy(() -> byPath(zip)).isInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void aFolderOnTheClassPathLoads() throws Exception {
        Path jar = Packing.zip(checkpoint, folder.resolve("app.jar"), "nets/tiny/");
        assertThat(byResource("jar:///nets/tiny", jar)).isEqualTo(direct());
    }

    @Test
    void anArchiveOnTheClassPathLoads() throws Exception {
        Path resources = Files.createDirectories(folder.resolve("resources"));
        Packing.zip(checkpoint, resources.resolve("tiny.zip"), "");
        assertThat(byResource("jar:///tiny.zip", resources)).isEqualTo(direct());
    }

    @Test
    void whatChangedIsLoadedAsItIsNowByTheSameCriteria() throws Exception {
        Path zip = Packing.zip(checkpoint, folder.resolve("tiny.zip"), "");
        Criteria<GenerationRequest, GenerationResult> packed =
                Pictures.criteria().optModelPath(zip).build();
        Criteria<GenerationRequest, GenerationResult> plain =
                Pictures.criteria().optModelPath(checkpoint.path()).build();
        List<Integer> before = direct();
        assertThat(Pictures.of(packed, REQUEST)).isEqualTo(before);
        assertThat(Pictures.of(plain, REQUEST)).isEqualTo(before);

        checkpoint = TinyCheckpoints.write(checkpoint.path(), 5);
        Packing.zip(checkpoint, zip, "");

        assertThat(direct()).as("another model").isNotEqualTo(before);
        assertThat(Pictures.of(packed, REQUEST)).isEqualTo(direct());
        assertThat(Pictures.of(plain, REQUEST)).isEqualTo(direct());
    }

    @Test
    void ofSeveralCheckpointsInAJarTheArtifactIdChoosesOne() throws Exception {
        Path both = Files.createDirectories(folder.resolve("both"));
        CheckpointFolder other =
                TinyCheckpoints.write(Files.createDirectories(both.resolve("b")), 9);
        Path jar = folder.resolve("both.jar");
        Packing.zip(
                TinyCheckpoints.write(Files.createDirectories(both.resolve("a")), 8), jar, "a/");
        addAll(jar, other, "b/");

        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria().optModelPath(jar).optArtifactId("b").build();
        checkpoint = other;
        assertThat(Pictures.of(criteria, REQUEST)).isEqualTo(direct());
    }

    @Test
    void progressAndDownloadChecksAreAnswered() throws Exception {
        Path zip = Packing.zip(checkpoint, folder.resolve("tiny.zip"), "");
        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria().optModelPath(zip).optProgress(new ProgressBar()).build();
        assertThat(criteria.isDownloaded()).isTrue();
        assertThat(Pictures.of(criteria, REQUEST)).isEqualTo(direct());
    }

    @Test
    void theBlockItselfIsAvailableWithoutPictures() throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelPath(checkpoint.path())
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getBlock().getParameters().size()).isPositive();
            assertThat(model.getProperty("weights_sha256")).isEqualTo(checkpoint.weightsHash());
        }
    }

    @Test
    void damagedWeightsAreRefusedWithTheirFile() throws Exception {
        Path weights = checkpoint.path().resolve(CheckpointFolder.WEIGHTS);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);

        Criteria<GenerationRequest, GenerationResult> criteria =
                Pictures.criteria().optModelPath(checkpoint.path()).build();
        assertThatThrownBy(criteria::loadModel)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged or was exchanged");
    }

    @Test
    void otherTypesAreRefused() {
        Criteria<String, Integer> criteria =
                Criteria.builder()
                        .setTypes(String.class, Integer.class)
                        .optModelPath(checkpoint.path())
                        .build();
        assertThatThrownBy(criteria::loadModel).isInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void whatIsNoCheckpointIsLeftToDjl() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other/net"));
        try (Model model = Model.newInstance("net")) {
            model.setBlock(Linear.builder().setUnits(2).build());
            model.getBlock()
                    .initialize(
                            model.getNDManager(),
                            ai.djl.ndarray.types.DataType.FLOAT32,
                            new ai.djl.ndarray.types.Shape(1, 3));
            model.save(other, "net");
        }
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelPath(other)
                        .optBlock(Linear.builder().setUnits(2).build())
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            assertThat(model.getName()).isEqualTo("net");
        }
        Path listed = folder.resolve("repo/model/cv/image_generation/group/net");
        Files.createDirectories(listed);
        Files.writeString(
                listed.resolve("metadata.json"),
                """
                {"metadataVersion": "0.1", "application": "cv/image_generation",
                 "groupId": "group", "artifactId": "net", "artifacts": []}
                """);
        assertThat(Repository.newInstance("repo", folder.resolve("repo")))
                .isInstanceOf(LocalRepository.class);
        assertThat(Repository.newInstance("zip", folder.resolve("gone.zip")))
                .isInstanceOf(SimpleRepository.class);
        assertThatThrownBy(() -> Repository.newInstance("gone", "jar:///no/such/thing.zip"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jar:///no/such/thing.zip");
    }

    private static void addAll(Path jar, CheckpointFolder checkpoint, String prefix)
            throws IOException {
        try (java.nio.file.FileSystem zip = java.nio.file.FileSystems.newFileSystem(jar)) {
            Files.createDirectories(zip.getPath(prefix));
            for (String file : List.of(CheckpointFolder.CONFIG, CheckpointFolder.WEIGHTS)) {
                Files.copy(checkpoint.path().resolve(file), zip.getPath(prefix + file));
            }
        }
    }

    private List<Integer> byPath(Path path) throws Exception {
        return Pictures.of(Pictures.criteria().optModelPath(path).build(), REQUEST);
    }

    private static List<Integer> byResource(String url, Path classPath) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        URL[] urls = {classPath.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, before)) {
            thread.setContextClassLoader(loader);
            return Pictures.of(Pictures.criteria().optModelUrls(url).build(), REQUEST);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private List<Integer> direct() throws IOException {
        try (ImageGenerator generator = ImageGenerator.load(checkpoint, Device.cpu())) {
            return Pictures.of(generator.generate(REQUEST));
        }
    }
}

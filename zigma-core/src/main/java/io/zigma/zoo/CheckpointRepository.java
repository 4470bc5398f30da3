package io.zigma.zoo;

import ai.djl.repository.AbstractRepository;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.repository.zoo.DefaultModelZoo;
import ai.djl.util.Progress;
import com.google.gson.JsonPrimitive;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.ServingProperties;
import io.zigma.codec.CodecReference;
import io.zigma.engine.EngineStart;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints as DJL's repositories see models: each an artifact under its name, with the arguments
 * that make DJL load it. Nothing is cached between loads, so that a checkpoint that changed is
 * loaded as it is now.
 */
final class CheckpointRepository extends AbstractRepository {

    /** DJL needs one to compare; a checkpoint's version is its content. */
    private static final String VERSION = "1.0";

    private final Map<String, CheckpointSource> checkpoints;

    /**
     * Makes a repository.
     *
     * @param name its name in DJL's messages
     * @param uri where it is; its query adds arguments to the models, {@code artifact_id} renames a
     *     single one
     * @param checkpoints the models by artifact id
     */
    CheckpointRepository(String name, URI uri, Map<String, CheckpointSource> checkpoints) {
        super(name, uri);
        String artifactId = arguments.get("artifact_id");
        this.checkpoints =
                artifactId != null && checkpoints.size() == 1
                        ? Map.of(artifactId, checkpoints.values().iterator().next())
                        : checkpoints;
    }

    /** An archive is on this machine, and is unpacked without a download. */
    @Override
    public boolean isRemote() {
        return false;
    }

    @Override
    public Metadata locate(MRL mrl) throws IOException {
        String id = mrl.getArtifactId();
        CheckpointConfig config = CheckpointFolder.open(folder(id)).config();
        Metadata metadata = new Metadata();
        metadata.setGroupId(mrl.getGroupId());
        metadata.setArtifactId(id);
        metadata.setName(id);
        metadata.setApplication(mrl.getApplication());
        metadata.setRepositoryUri(place(mrl));
        metadata.setArtifacts(List.of(artifact(id, config)));
        return metadata;
    }

    /** As {@link MRL#toURI}, which has no place for names with spaces, brackets and the like. */
    private static URI place(MRL mrl) {
        try {
            return new URI(
                    null,
                    null,
                    "%s/%s/%s/"
                            .formatted(
                                    mrl.getApplication().getPath(),
                                    mrl.getGroupId().replace('.', '/'),
                                    mrl.getArtifactId()),
                    null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a path of any letters makes a URI", e);
        }
    }

    private Artifact artifact(String id, CheckpointConfig config) {
        Artifact artifact = new LoadedArtifact();
        artifact.setName(arguments.getOrDefault("model_name", id));
        artifact.setVersion(VERSION);
        artifact.setProperties(properties(config));
        Map<String, Object> loading = new ConcurrentHashMap<>();
        Map<String, String> options = new ConcurrentHashMap<>();
        ServingProperties.entries()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(ServingProperties.OPTION)) {
                                options.put(
                                        key.substring(ServingProperties.OPTION.length()), value);
                            } else {
                                loading.put(key, value);
                            }
                        });
        loading.putAll(arguments);
        artifact.setArguments(loading);
        artifact.setOptions(options);
        return artifact;
    }

    /** What a checkpoint can be filtered by. */
    private static Map<String, String> properties(CheckpointConfig config) {
        Map<String, String> properties = new TreeMap<>();
        if (config.data().get("name") instanceof JsonPrimitive dataset) {
            properties.put("dataset", dataset.getAsString());
        }
        properties.put(
                "size", config.model().sample().width() + "x" + config.model().sample().height());
        properties.put("channels", Integer.toString(config.model().sample().channels()));
        properties.put("classes", Integer.toString(config.labels().size()));
        config.textEncoder().ifPresent(encoder -> properties.put("text_encoder", encoder.name()));
        config.codec()
                .filter(CodecReference::isFolder)
                .ifPresent(codec -> properties.put("codec", codec.name()));
        return properties;
    }

    @Override
    public @Nullable Artifact resolve(MRL mrl, @Nullable Map<String, String> filter)
            throws IOException {
        return locate(mrl).getArtifacts().stream()
                .filter(artifact -> artifact.hasProperties(filter))
                .findFirst()
                .orElse(null);
    }

    @Override
    public void prepare(Artifact artifact, @Nullable Progress progress) throws IOException {
        EngineStart.engine(); // before DJL does, to say why if it cannot
        folder(artifact.getMetadata().getArtifactId());
    }

    @Override
    public Path getResourceDirectory(Artifact artifact) throws IOException {
        return folder(artifact.getMetadata().getArtifactId());
    }

    private Path folder(String id) throws IOException {
        CheckpointSource source = checkpoints.get(id);
        if (source == null) {
            throw new FileNotFoundException(
                    "%s has no model %s, only %s".formatted(name, id, checkpoints.keySet()));
        }
        return source.folder();
    }

    @Override
    public List<MRL> getResources() {
        List<MRL> models = new ArrayList<>();
        for (String id : checkpoints.keySet()) {
            models.add(MRL.undefined(this, DefaultModelZoo.GROUP_ID, id));
        }
        return models;
    }
}

package io.zigma.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checkpoints in {@code io.zigma:zigma-models}, if that is on the class path. */
final class ShippedModels {

    private static final String ROOT = "io/zigma/models/";

    /** One name a line: what lies in a jar cannot be listed in every way that jars are nested. */
    private static final String INDEX = ROOT + "models.txt";

    private ShippedModels() {}

    /** Returns the models in the order of the index; none if they were left out. */
    static Map<String, CheckpointSource> byName() {
        Map<String, CheckpointSource> models = new LinkedHashMap<>();
        ClassLoader loader = ShippedModels.class.getClassLoader();
        try (InputStream index = open(loader)) {
            if (index != null) {
                new String(index.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .forEach(
                                name ->
                                        models.put(
                                                name,
                                                new ResourceCheckpoint(loader, ROOT + name, name)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableMap(models);
    }

    private static @Nullable InputStream open(ClassLoader loader) {
        return loader.getResourceAsStream(INDEX);
    }
}

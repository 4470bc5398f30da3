package io.zigma.io;

import ai.djl.engine.Engine;
import com.google.gson.JsonObject;
import io.zigma.engine.EngineStart;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/** Which software writes files: this build, and what it runs on. */
public final class Software {

    private static final Properties BUILD = build();

    private Software() {}

    /**
     * Returns the version this was built as.
     *
     * @return Maven's version
     */
    public static String version() {
        return BUILD.getProperty("version");
    }

    /**
     * Returns the commit this was built from, which the launcher passes to the build.
     *
     * @return its hash, followed by {@code -dirty} if files had been changed since; empty where the
     *     build did not get it
     */
    public static Optional<String> revision() {
        return Optional.of(BUILD.getProperty("revision")).filter(text -> !text.isBlank());
    }

    /**
     * Returns all versions that a result depends on. Loads the engine.
     *
     * @return name → version of zigma, its commit if that is known, DJL, the engine and Java
     */
    public static JsonObject versions() {
        JsonObject json = new JsonObject();
        json.addProperty("zigma", version());
        revision().ifPresent(hash -> json.addProperty("git_revision", hash));
        json.addProperty("djl", Engine.getDjlVersion());
        Engine engine = EngineStart.engine();
        json.addProperty(engine.getEngineName().toLowerCase(Locale.ROOT), EngineStart.version());
        json.addProperty("java", Runtime.version().toString());
        return json;
    }

    private static Properties build() {
        Properties properties = new Properties();
        try (InputStream resource = Software.class.getResourceAsStream("build.properties")) {
            properties.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}

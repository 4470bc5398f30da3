package io.zigma.engine;

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * The folder for DJL's unpacked libraries, where DJL's own choice is unusable.
 *
 * <p>Without {@code DJL_CACHE_DIR} DJL uses {@code .djl.ai} in {@code user.home}. That property is
 * {@code ?} in a container whose user has no name, and the libraries would be unpacked into a
 * folder {@code ?} of the working directory; where the home cannot be written to, DJL uses {@code
 * .djl.ai} in the folder for temporary files, which any user of the machine may write to.
 */
final class EngineCache {

    private static final String VARIABLE = "DJL_CACHE_DIR";
    private static final String NAME = ".djl.ai";

    /** The folder among the temporary files, if that is what was chosen. */
    private static volatile @Nullable Path temporary;

    private EngineCache() {}

    /** Sets the property that DJL reads, where neither it nor the variable is set already. */
    static void choose() {
        if (!Utils.getEnvOrSystemProperty(VARIABLE, "").isEmpty()) {
            return;
        }
        String home = System.getProperty("user.home");
        Path chosen =
                choose(
                        home,
                        System.getenv("HOME"),
                        Path.of(System.getProperty("java.io.tmpdir")),
                        System.getProperty("user.name", "user"));
        if (home == null
                || !chosen.equals(Path.of(home, NAME))
                || !Files.isWritable(Path.of(home))) {
            System.setProperty(VARIABLE, chosen.toString());
        }
        if (!NAME.equals(String.valueOf(chosen.getFileName()))) {
            temporary = chosen;
        }
    }

    /**
     * Chooses a folder, which need not exist.
     *
     * @param home Java's home folder of the user, or {@code ?} where there is none
     * @param variable the shell's, or null
     * @param temporaryFiles a folder that every user may write to
     * @param user the user's name
     * @return the cache in the first home folder that can be written to or has one, else one of the
     *     user's own among the temporary files
     */
    static Path choose(
            @Nullable String home, @Nullable String variable, Path temporaryFiles, String user) {
        for (String candidate : new @Nullable String[] {home, variable}) {
            if (candidate == null || candidate.isBlank() || candidate.equals("?")) {
                continue;
            }
            Path folder = Path.of(candidate);
            if (folder.isAbsolute()
                    && Files.isDirectory(folder)
                    && (Files.isWritable(folder) || Files.isDirectory(folder.resolve(NAME)))) {
                return folder.resolve(NAME);
            }
        }
        return temporaryFiles.toAbsolutePath().resolve("djl-" + user.replaceAll("\\W", "_"));
    }

    /**
     * Checks that the folder among the temporary files belongs to this user: the libraries in it
     * will be executed.
     *
     * @throws EngineStartException if it is another user's
     */
    static void requireOwn() {
        Path folder = temporary;
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path probe = Files.createTempFile(folder, "own", "");
            UserPrincipal self = Files.getOwner(probe);
            Files.delete(probe);
            if (!Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(self)) {
                throw new IOException("belongs to another user");
            }
        } catch (IOException e) {
            throw new EngineStartException(
                    "there is no home folder for PyTorch's libraries, and %s cannot be used (%s); %s"
                            .formatted(folder, EngineFailure.reason(e), EngineFailure.REMEDY),
                    e);
        }
    }
}

package io.zigma.train.data;

import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A zip or tar file of pictures, with folders for classes as {@link ImageFolder} has them; nothing
 * is unpacked to the disk. A single folder around all classes, as most programs pack, is no class.
 */
public final class ImageArchive implements DatasetKind {

    private static final Set<String> ZIPPED = Set.of("zip", "cbz");

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public String description() {
        return "a zip, tar or tar.gz file of such a folder";
    }

    @Override
    public boolean recognises(Path source) {
        return isArchive(source);
    }

    @Override
    public ImageDataset open(Path source, DatasetOptions options) throws IOException {
        PictureFiles.checked(FileNames.shown(source), options);
        return open(source, List.of(source), options, options.store(source));
    }

    /** Opens several archives as one data set. */
    static ImageDataset open(
            Path root, List<Path> archives, DatasetOptions options, PictureStore store)
            throws IOException {
        PictureFormat format = PictureFiles.checked(FileNames.shown(root), options);
        Findings findings = new Findings();
        ArchiveTree tree = new ArchiveTree(findings, options.cacheBytes() - format.elements());
        for (Path archive : archives) {
            String prefix =
                    archives.size() == 1 ? "" : FileNames.shown(archive.getFileName()) + "/";
            if (isZip(archive)) {
                ZipPictures.addTo(tree, archive, prefix);
            } else {
                TarPictures.addTo(tree, archive, prefix);
            }
        }
        if (options.clips() != null) {
            return ClipFiles.open(tree.root(root), options, findings);
        }
        return PictureFiles.open(tree.root(root), options, findings, store);
    }

    /** Returns from its name whether a file is an archive that can be read. */
    static boolean isArchive(Path file) {
        return Files.isRegularFile(file) && (isZip(file) || isTar(file));
    }

    private static boolean isZip(Path file) {
        return ZIPPED.contains(NameKind.ending(name(file)));
    }

    private static boolean isTar(Path file) {
        String name = name(file);
        return name.endsWith(".tar") || name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }
}

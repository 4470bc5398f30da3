package io.zigma.zoo;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;

/**
 * Starts a program as a fat jar's launcher does: in a class loader of its own, which is the main
 * thread's context class loader and no other thread's. It knows no other class.
 */
public final class FatJarLauncher {

    private FatJarLauncher() {}

    /**
     * Runs the main method of the class that the first word names.
     *
     * @param words the class, and the words that it gets
     * @throws Exception whatever it throws
     */
    public static void main(String[] words) throws Exception {
        String[] places = System.getProperty("inner.classes").split(File.pathSeparator, -1);
        URL[] urls = new URL[places.length];
        for (int i = 0; i < places.length; i++) {
            urls[i] = new File(places[i]).toURI().toURL();
        }
        URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        Class.forName(words[0], true, loader)
                .getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(words, 1, words.length));
    }
}

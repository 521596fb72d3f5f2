# Installs Chatapp as a person does, tries it, installs it again over itself and uninstalls it.
#
#     packaging\windows\try_installer.ps1 -Setup dist\chatapp-....exe
#
# It is the installation of whoever starts this that is tried, and removed in the end.
param([Parameter(Mandatory)][string]$Setup)

$ErrorActionPreference = "Stop"
$folder = "$env:LOCALAPPDATA\Programs\Chatapp"
$data = "$env:LOCALAPPDATA\chatapp"
$model = "$data\models\somebody\mine\mine.gguf"
$log = Join-Path ([IO.Path]::GetTempPath()) "chatapp-setup.log"

function Invoke-Setup([string]$program) {
    $options = "/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART", "/TASKS=path", "/LOG=`"$log`""
    $process = Start-Process $program -ArgumentList $options -Wait -PassThru
    if ($process.ExitCode) {
        Get-Content $log | Write-Output
        throw "$program ended with $($process.ExitCode)"
    }
}

function Invoke-Chatapp {
    & "$folder\chatapp.exe" @args
    if ($LASTEXITCODE) { throw "chatapp $args ended with $LASTEXITCODE" }
}

function Assert-That([bool]$condition, [string]$what) {
    if (-not $condition) { throw "it is not so that $what" }
}

function Get-Default([string]$key) {
    (Get-Item "HKCU:\Software\Classes\$key").GetValue("")
}

Invoke-Setup $Setup
Invoke-Chatapp --smoke-test
Invoke-Chatapp ask --max-tokens 16 "Name three colours."
$command = "`"$folder\chatappw.exe`" -- `"%1`""
Assert-That ((Get-Default "chatapp\shell\open\command") -eq $command) "links open Chatapp"
Assert-That ((Get-Default "Chatapp.gguf\shell\open\command") -eq $command) "models open Chatapp"
$path = (Get-Item "HKCU:\Environment").GetValue("Path")
Assert-That ($path -split ";" -contains $folder) "the command is found"

$old = New-Item "$folder\_internal\of-an-older-version.txt"
Invoke-Setup $Setup
Assert-That (-not (Test-Path $old)) "an update leaves nothing of the older version"
Assert-That ((Get-Item "HKCU:\Environment").GetValue("Path") -eq $path) "the path is as it was"
Invoke-Chatapp --smoke-test

$null = New-Item $model -Force
Invoke-Setup "$folder\unins000.exe"
Assert-That (-not (Test-Path $folder)) "the program is gone"
Assert-That (-not (Test-Path "HKCU:\Software\Classes\chatapp")) "links are forgotten"
Assert-That (-not ((Get-Item "HKCU:\Environment").GetValue("Path") -like "*$folder*")) "the path is clean"
Assert-That (Test-Path $model) "models stay"
Remove-Item (Split-Path $model) -Recurse
Write-Output "the installer works"

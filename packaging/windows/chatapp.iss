; Installs Chatapp for whoever starts this, without an administrator's rights; a newer version goes
; over an older one. Compiled by installer.py, which defines Version, Numbers (four), Source (the
; folder that PyInstaller made), Icon and, with a certificate, Signed. Needs Inno Setup 6.3.

#define Name "Chatapp"
#define Window "chatappw.exe"
#define Chinese "Languages\ChineseSimplified.isl"
#define HasChinese FileExists(AddBackslash(CompilerPath) + Chinese)

[Setup]
; By this number Windows knows what is installed already: it never changes.
AppId={{DAAE2E76-8977-480D-90E2-D500F2941CA7}
AppName={#Name}
AppVersion={#Version}
AppVerName={#Name} {#Version}
AppPublisher={#Name}
VersionInfoVersion={#Numbers}
; Asked for when this starts: a Chatapp that runs is closed by its user, not in mid-answer.
AppMutex=chatapp-window
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; Qt's own limit.
MinVersion=10.0.17763
DefaultDirName={autopf}\{#Name}
DisableDirPage=auto
DisableProgramGroupPage=yes
ChangesAssociations=yes
ChangesEnvironment=yes
SetupIconFile={#Icon}
UninstallDisplayIcon={app}\{#Window}
UninstallDisplayName={#Name}
WizardStyle=modern
; In Windows' language, or else English.
ShowLanguageDialog=no
Compression=lzma2/max
SolidCompression=yes
#ifdef Signed
SignTool=sign
#endif

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
#if HasChinese
Name: "zh"; MessagesFile: "compiler:{#Chinese}"
#endif

[CustomMessages]
en.Model=Language model
en.PathTask=Find the command “chatapp” in terminals
en.DeleteModels=Delete the models in%n%n%1%n%ntoo? They take %2. Models in other folders stay.
en.DeleteData=Delete your conversations and settings in%n%n%1%n%ntoo? They can't be brought back.
#if HasChinese
zh.Model=语言模型
zh.PathTask=在终端中可使用“chatapp”命令
zh.DeleteModels=是否同时删除以下文件夹中的模型？%n%n%1%n%n它们占用 %2。其他文件夹中的模型会保留。
zh.DeleteData=是否同时删除以下文件夹中的对话和设置？%n%n%1%n%n删除后无法恢复。
#endif

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "path"; Description: "{cm:PathTask}"; Flags: unchecked

[InstallDelete]
; What an older version had and this one hasn't would still be found there.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\{#Name}"; Filename: "{app}\{#Window}"
Name: "{autodesktop}\{#Name}"; Filename: "{app}\{#Window}"; Tasks: desktopicon

[Registry]
; Links. Anybody can write one: after "--" no part of it is taken for an option.
Root: HKCU; Subkey: "Software\Classes\chatapp"; ValueType: string; ValueData: "URL:{#Name}"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\chatapp"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKCU; Subkey: "Software\Classes\chatapp\DefaultIcon"; ValueType: string; ValueData: "{app}\{#Window},0"
Root: HKCU; Subkey: "Software\Classes\chatapp\shell\open\command"; ValueType: string; ValueData: """{app}\{#Window}"" -- ""%1"""
; Models: one of the programs that can open them, and the usual one where there is none yet.
Root: HKCU; Subkey: "Software\Classes\Chatapp.gguf"; ValueType: string; ValueData: "{cm:Model}"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Chatapp.gguf\DefaultIcon"; ValueType: string; ValueData: "{app}\{#Window},0"
Root: HKCU; Subkey: "Software\Classes\Chatapp.gguf\shell\open\command"; ValueType: string; ValueData: """{app}\{#Window}"" -- ""%1"""
Root: HKCU; Subkey: "Software\Classes\.gguf"; ValueType: string; ValueData: "Chatapp.gguf"; Flags: createvalueifdoesntexist uninsdeletekeyifempty
Root: HKCU; Subkey: "Software\Classes\.gguf\OpenWithProgids"; ValueType: string; ValueName: "Chatapp.gguf"; ValueData: ""; Flags: uninsdeletevalue uninsdeletekeyifempty
; The command, in terminals.
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: not IsOnPath

[Run]
Filename: "{app}\{#Window}"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent

[UninstallDelete]
; What Chatapp has made and can make again. PyInstaller's folder may hold what Python compiled.
Type: filesandordirs; Name: "{app}\_internal"
Type: filesandordirs; Name: "{localappdata}\chatapp\Cache"
Type: filesandordirs; Name: "{localappdata}\chatapp\Logs"
Type: filesandordirs; Name: "{localappdata}\chatapp\engines"

[Code]
function IsOnPath: Boolean;
var
  Path: String;
begin
  Result := RegQueryStringValue(HKCU, 'Environment', 'Path', Path) and
    (Pos(';' + Lowercase(ExpandConstant('{app}')) + ';', ';' + Lowercase(Path) + ';') > 0);
end;

procedure LeavePath;
var
  Path, Folder: String;
  Start: Integer;
begin
  if not IsOnPath then
    exit;
  RegQueryStringValue(HKCU, 'Environment', 'Path', Path);
  Folder := ExpandConstant('{app}');
  Start := Pos(';' + Lowercase(Folder) + ';', ';' + Lowercase(Path) + ';');
  Delete(Path, Start, Length(Folder) + 1);
  if (Length(Path) > 0) and (Path[Length(Path)] = ';') then
    Delete(Path, Length(Path), 1);
  RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Path);
end;

procedure LeaveModels;
var
  Opener: String;
begin
  if RegQueryStringValue(HKCU, 'Software\Classes\.gguf', '', Opener) and
    (Opener = 'Chatapp.gguf') then
    RegDeleteValue(HKCU, 'Software\Classes\.gguf', '');
end;

{ The size of a folder in megabytes. What is mounted or linked in it counts nothing, as it is not
  deleted either. }
function Megabytes(Folder: String): Integer;
var
  Found: TFindRec;
begin
  Result := 0;
  if not FindFirst(Folder + '\*', Found) then
    exit;
  try
    repeat
      if (Found.Name = '.') or (Found.Name = '..') or
        (Found.Attributes and FILE_ATTRIBUTE_REPARSE_POINT <> 0) then
        continue;
      if Found.Attributes and FILE_ATTRIBUTE_DIRECTORY <> 0 then
        Result := Result + Megabytes(Folder + '\' + Found.Name)
      else
        Result := Result + Integer(Found.SizeHigh) * 4096 + Integer(Found.SizeLow shr 20);
    until not FindNext(Found);
  finally
    FindClose(Found);
  end;
end;

function SizeInWords(Size: Integer): String;
begin
  if Size < 1024 then
    Result := Format('%d MB', [Size])
  else
    Result := Format('%d.%d GB', [Size div 1024, Size mod 1024 * 10 div 1024]);
end;

function Confirmed(Question: String): Boolean;
begin
  Result := MsgBox(Question, mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES;
end;

{ Everything in a folder but one folder. }
procedure DeleteAllBut(Folder, Kept: String);
var
  Found: TFindRec;
begin
  if not FindFirst(Folder + '\*', Found) then
    exit;
  try
    repeat
      if (Found.Name <> '.') and (Found.Name <> '..') and (CompareText(Found.Name, Kept) <> 0) then
        { As a pattern: as a folder it would only delete folders. }
        DelTree(Folder + '\' + Found.Name, False, True, True);
    until not FindNext(Found);
  finally
    FindClose(Found);
  end;
end;

{ A silent uninstallation leaves all that belongs to the user. }
procedure OfferToDeleteData;
var
  Data, Models: String;
begin
  Data := ExpandConstant('{localappdata}\chatapp');
  Models := Data + '\models';
  if UninstallSilent then
    exit;
  if DirExists(Models) and
    Confirmed(FmtMessage(CustomMessage('DeleteModels'), [Models, SizeInWords(Megabytes(Models))])) then
    DelTree(Models, True, True, True);
  if FileExists(Data + '\chatapp.db') and
    Confirmed(FmtMessage(CustomMessage('DeleteData'), [Data])) then
    DeleteAllBut(Data, 'models');
  RemoveDir(Data);
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if Step = usUninstall then
  begin
    LeavePath;
    LeaveModels;
  end
  else if Step = usPostUninstall then
    OfferToDeleteData;
end;
